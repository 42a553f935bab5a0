#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "compiler/ast/quote.h"
#include "compiler/ast/tree.h"

namespace aipol::ast {

std::string in_quotes(std::string_view text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (c == '\n') {
      result += "\\n";
    } else if (c == '\t') {
      result += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      result += fmt::format("\\u{{{:x}}}", static_cast<unsigned char>(c));
    } else {
      result += c;
    }
  }
  return result + '"';
}

std::string_view spelling(BinaryOperator op) {
  constexpr std::string_view spellings[] = {
      "or",     "and",     "==",   "!=", "<", "<=", ">", ">=", "in",
      "not in", "matches", "like", "??", "+", "-",  "*", "/",  "%"};
  return spellings[static_cast<size_t>(op)];
}

namespace {

std::string_view spelling(UnaryOperator op) {
  constexpr std::string_view spellings[] = {"not", "-", "has"};
  return spellings[static_cast<size_t>(op)];
}

std::string_view spelling(Quantifier quantifier) {
  constexpr std::string_view spellings[] = {"any", "all", "count"};
  return spellings[static_cast<size_t>(quantifier)];
}

// Appends, so that a tree of any height is printed in one go.
class Dump {
 public:
  std::string text;

  void expression(const Expression& expression) {
    std::visit([this](const auto& each) { node(each); }, expression.node);
  }

 private:
  template <class... A>
  void put(fmt::format_string<A...> pattern, A&&... arguments) {
    fmt::format_to(std::back_inserter(text), pattern, std::forward<A>(arguments)...);
  }
  // "(head operand…)"
  template <class... E>
  void form(std::string_view head, const E*... operands) {
    put("({}", head);
    (spaced(operands), ...);
    text += ')';
  }
  void form(std::string_view head, const std::vector<ExpressionPtr>& operands) {
    put("({}", head);
    for (ExpressionPtr operand : operands) spaced(operand);
    text += ')';
  }
  void spaced(ExpressionPtr operand) {
    text += ' ';
    expression(*operand);
  }

  void node(const Invalid&) { text += "invalid"; }
  void node(const BoolLiteral& node) { text += node.value ? "true" : "false"; }
  void node(const IntLiteral& node) { put("{}", node.value); }
  void node(const FloatLiteral& node) { put("(float {})", node.value); }
  void node(const UsdLiteral& node) {
    put("(usd {}.{:09})", node.nano_dollars / 1'000'000'000, node.nano_dollars % 1'000'000'000);
  }
  void node(const DurationLiteral& node) { put("(duration {}ns)", node.nanoseconds); }
  void node(const ClockLiteral& node) {
    put("(clock {:02}:{:02})", node.seconds / 3600, node.seconds / 60 % 60);
  }
  void node(const StatusClassLiteral& node) { put("(status {}xx)", node.hundreds); }
  void node(const StringLiteral& node) { text += in_quotes(node.value); }
  void node(const FormatString& node) {
    put("(format {}", in_quotes(node.texts[0]));
    for (size_t i = 0; i < node.holes.size(); ++i) {
      spaced(node.holes[i]);
      put(" {}", in_quotes(node.texts[i + 1]));
    }
    text += ')';
  }
  void node(const Name& node) { text += node.text; }
  void node(const Field& node) {
    text += "(.";
    spaced(node.object);
    put(" {})", node.name.text);
  }
  void node(const Call& node) {
    text += "(call";
    spaced(node.callee);
    for (ExpressionPtr argument : node.arguments) spaced(argument);
    text += ')';
  }
  void node(const Index& node) { form("index", node.object, node.key); }
  void node(const Unary& node) { form(spelling(node.op), node.operand); }
  void node(const Binary& node) { form(spelling(node.op), node.left, node.right); }
  void node(const Conditional& node) { form("if", node.condition, node.then, node.otherwise); }
  void node(const Quantified& node) {
    put("({} {}", spelling(node.quantifier), node.variable.text);
    spaced(node.list);
    spaced(node.body);
    text += ')';
  }
  void node(const Range& node) { form(node.closed ? "..=" : "..", node.low, node.high); }
  void node(const List& node) { form("list", node.items); }
  void node(const Tuple& node) { form("tuple", node.items); }
  void node(const Weighted& node) { form(node.word.text, node.item, node.weight); }
  void node(const Record& node) {
    text += "(record";
    for (const RecordEntry& entry : node.entries) {
      put(" ({}", entry.quoted ? in_quotes(entry.key.text) : std::string(entry.key.text));
      spaced(entry.value);
      text += ')';
    }
    text += ')';
  }
};

}  // namespace

std::string dump(const Expression& expression) {
  Dump dump;
  dump.expression(expression);
  return std::move(dump.text);
}

}  // namespace aipol::ast
