// `given data approved = { … }`: literals of the language as JSON.
#include <fmt/format.h>

#include "compiler/ast/quote.h"
#include "compiler/check/expressions.h"
#include "compiler/check/send.h"

namespace aipol::check {

namespace {

std::string in_json(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

class JsonWriter {
 public:
  explicit JsonWriter(Checker& checker) : checker_(checker) {}

  bool write(const Scope& scope, ast::ExpressionPtr expression) {
    Macro behind = Expressions(checker_, scope).literal_behind(expression);
    const auto& node = behind.expression->node;
    if (const auto* record = std::get_if<ast::Record>(&node))
      return record_of(*record, *behind.scope);
    if (const auto* list = std::get_if<ast::List>(&node)) return list_of(*list, *behind.scope);
    if (const auto* text = std::get_if<ast::StringLiteral>(&node)) return put(in_json(text->value));
    if (const auto* number = std::get_if<ast::IntLiteral>(&node))
      return put(std::to_string(number->value));
    if (const auto* number = std::get_if<ast::FloatLiteral>(&node))
      return put(fmt::format("{}", number->value));
    if (const auto* truth = std::get_if<ast::BoolLiteral>(&node))
      return put(truth->value ? "true" : "false");
    if (const auto* name = std::get_if<ast::Name>(&node))
      return put(in_json(name->text));  // an enum's member
    // What JSON has no form of is a text, written as in the language: "5m", "$2.50".
    bool literal = std::holds_alternative<ast::UsdLiteral>(node) ||
                   std::holds_alternative<ast::DurationLiteral>(node) ||
                   std::holds_alternative<ast::ClockLiteral>(node);
    if (literal) return put(in_json(checker_.text(behind.expression->span)));
    checker_.report(expression->span, diagnostics::not_constant, "a value of `given data`");
    return false;
  }

  std::string text;

 private:
  bool put(std::string_view part) {
    text += part;
    return true;
  }

  bool record_of(const ast::Record& record, const Scope& scope) {
    text += '{';
    for (size_t i = 0; i < record.entries.size(); ++i) {
      text += (i == 0 ? "" : ",") + in_json(record.entries[i].key.text) + ":";
      if (!write(scope, record.entries[i].value)) return false;
    }
    return put("}");
  }

  bool list_of(const ast::List& list, const Scope& scope) {
    text += '[';
    for (size_t i = 0; i < list.items.size(); ++i) {
      if (i > 0) text += ',';
      if (!write(scope, list.items[i])) return false;
    }
    return put("]");
  }

  Checker& checker_;
};

}  // namespace

std::optional<std::string> json_of(Checker& checker, const Scope& scope,
                                   ast::ExpressionPtr expression) {
  JsonWriter writer(checker);
  if (!writer.write(scope, expression)) return std::nullopt;
  return std::move(writer.text);
}

}  // namespace aipol::check
