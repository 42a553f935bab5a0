// `given data approved = { … }`: literals as the JSON of a document.
#include <utility>

#include <fmt/format.h>

#include "base/civil.h"
#include "compiler/check/expressions.h"
#include "compiler/check/json_text.h"
#include "compiler/check/literals.h"
#include "plan/ip.h"

namespace aipol::check {

namespace {

// Of a literal that is well formed.
class DocumentWriter {
 public:
  explicit DocumentWriter(Checker& checker) : checker_(checker) {}

  void write(const Scope& scope, ast::ExpressionPtr expression, TypePtr type) {
    if (!type->collection() && !has_parts(type)) return scalar(scope, expression, type);
    Macro behind = Expressions(checker_, scope).literal_behind(expression);
    std::string_view between;
    if (type->collection()) {
      text += '[';
      for (ast::ExpressionPtr item : std::get<ast::List>(behind.expression->node).items) {
        text += std::exchange(between, ",");
        write(*behind.scope, item, type->element);
      }
      text += ']';
      return;
    }
    text += '{';
    for (const ast::RecordEntry& entry : std::get<ast::Record>(behind.expression->node).entries) {
      text += std::string(std::exchange(between, ",")) + in_json(entry.key.text) + ":";
      write(*behind.scope, entry.value,
            type->is(Kind::map) ? type->element : field(entry.key, type));
    }
    text += '}';
  }

  std::string text;

 private:
  TypePtr field(const ast::Identifier& key, TypePtr type) {
    return types::find(checker_.set.schema.records[type->definition].fields, key.text)->type;
  }

  void scalar(const Scope& scope, ast::ExpressionPtr expression, TypePtr type) {
    const plan::Constant* value = Expressions(checker_, scope).constant(expression, type, "");
    if (const auto* truth = std::get_if<bool>(value)) text += *truth ? "true" : "false";
    if (const auto* number = std::get_if<double>(value)) text += fmt::format("{}", *number);
    if (const auto* string = std::get_if<std::string>(value)) text += in_json(*string);
    if (const auto* ip = std::get_if<plan::Ip>(value)) text += in_json(plan::format_ip(*ip));
    if (const auto* number = std::get_if<int64_t>(value)) text += integer(type, *number);
  }

  std::string integer(TypePtr type, int64_t number) {
    constexpr int64_t second = 1'000'000'000;
    switch (type->kind) {
      case Kind::enumeration:
        return in_json(checker_.enumeration(type).members[static_cast<size_t>(number)]);
      case Kind::time:
        return in_json(format_time(number));
      case Kind::date:
        return in_json(format_date(number));
      case Kind::clock:
        return fmt::format("\"{:02}:{:02}\"", number / 3600, number / 60 % 60);
      case Kind::usd: {
        int64_t sign = number < 0 ? -1 : 1;
        return fmt::format("\"{}${}.{:09}\"", number < 0 ? "-" : "", number / second * sign,
                           number % second * sign);
      }
      case Kind::duration:  // no text has a sign; seconds do
        return number < 0 ? fmt::format("{}", static_cast<double>(number) / second)
                          : fmt::format("\"{}ns\"", number);
      default:
        return std::to_string(number);
    }
  }

  Checker& checker_;
};

}  // namespace

std::optional<std::string> document_json(Checker& checker, const Scope& scope,
                                         ast::ExpressionPtr expression, TypePtr type) {
  if (!well_formed(checker, scope, expression, type, "a value of `given data`"))
    return std::nullopt;
  DocumentWriter writer(checker);
  writer.write(scope, expression, type);
  return std::move(writer.text);
}

}  // namespace aipol::check
