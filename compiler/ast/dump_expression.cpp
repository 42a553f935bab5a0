#include <fmt/format.h>

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

std::string all(const std::vector<ExpressionPtr>& expressions) {
  std::string result;
  for (ExpressionPtr expression : expressions) result += " " + dump(*expression);
  return result;
}

std::string dump_node(const Invalid&) { return "invalid"; }
std::string dump_node(const BoolLiteral& node) { return node.value ? "true" : "false"; }
std::string dump_node(const IntLiteral& node) { return fmt::format("{}", node.value); }
std::string dump_node(const FloatLiteral& node) { return fmt::format("(float {})", node.value); }
std::string dump_node(const UsdLiteral& node) {
  return fmt::format("(usd {}.{:09})", node.nano_dollars / 1'000'000'000,
                     node.nano_dollars % 1'000'000'000);
}
std::string dump_node(const DurationLiteral& node) {
  return fmt::format("(duration {}ns)", node.nanoseconds);
}
std::string dump_node(const ClockLiteral& node) {
  return fmt::format("(clock {:02}:{:02})", node.seconds / 3600, node.seconds / 60 % 60);
}
std::string dump_node(const StatusClassLiteral& node) {
  return fmt::format("(status {}xx)", node.hundreds);
}
std::string dump_node(const StringLiteral& node) { return in_quotes(node.value); }
std::string dump_node(const FormatString& node) {
  std::string result = "(format " + in_quotes(node.texts[0]);
  for (size_t i = 0; i < node.holes.size(); ++i) {
    result += fmt::format(" {} {}", dump(*node.holes[i]), in_quotes(node.texts[i + 1]));
  }
  return result + ")";
}
std::string dump_node(const Name& node) { return std::string(node.text); }
std::string dump_node(const Field& node) {
  return fmt::format("(. {} {})", dump(*node.object), node.name.text);
}
std::string dump_node(const Call& node) {
  return fmt::format("(call {}{})", dump(*node.callee), all(node.arguments));
}
std::string dump_node(const Index& node) {
  return fmt::format("(index {} {})", dump(*node.object), dump(*node.key));
}
std::string dump_node(const Unary& node) {
  return fmt::format("({} {})", spelling(node.op), dump(*node.operand));
}
std::string dump_node(const Binary& node) {
  return fmt::format("({} {} {})", spelling(node.op), dump(*node.left), dump(*node.right));
}
std::string dump_node(const Conditional& node) {
  return fmt::format("(if {} {} {})", dump(*node.condition), dump(*node.then),
                     dump(*node.otherwise));
}
std::string dump_node(const Quantified& node) {
  return fmt::format("({} {} {} {})", spelling(node.quantifier), node.variable.text,
                     dump(*node.list), dump(*node.body));
}
std::string dump_node(const Range& node) {
  return fmt::format("({} {} {})", node.closed ? "..=" : "..", dump(*node.low), dump(*node.high));
}
std::string dump_node(const List& node) { return fmt::format("(list{})", all(node.items)); }
std::string dump_node(const Tuple& node) { return fmt::format("(tuple{})", all(node.items)); }
std::string dump_node(const Weighted& node) {
  return fmt::format("({} {} {})", node.word.text, dump(*node.item), dump(*node.weight));
}
std::string dump_node(const Record& node) {
  std::string result = "(record";
  for (const RecordEntry& entry : node.entries) {
    result += fmt::format(" ({} {})",
                          entry.quoted ? in_quotes(entry.key.text) : std::string(entry.key.text),
                          dump(*entry.value));
  }
  return result + ")";
}

}  // namespace

std::string dump(const Expression& expression) {
  return std::visit([](const auto& node) { return dump_node(node); }, expression.node);
}

}  // namespace aipol::ast
