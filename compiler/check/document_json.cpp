// `given data approved = { … }`: literals as the JSON of a document, checked against its type.
#include <set>

#include <fmt/format.h>

#include "base/civil.h"
#include "compiler/check/expressions.h"
#include "compiler/check/json_text.h"
#include "plan/ip.h"

namespace aipol::check {

namespace {

class DocumentWriter {
 public:
  explicit DocumentWriter(Checker& checker) : checker_(checker) {}

  bool write(const Scope& scope, ast::ExpressionPtr expression, TypePtr type) {
    Macro behind = Expressions(checker_, scope).literal_behind(expression);
    bool by_key = type->is(Kind::map) || type->is(Kind::record);
    if (!by_key && !type->collection()) return scalar(scope, expression, type);
    const auto* record = std::get_if<ast::Record>(&behind.expression->node);
    const auto* list = std::get_if<ast::List>(&behind.expression->node);
    if (by_key && record != nullptr) return entries(*behind.scope, *record, expression->span, type);
    if (!by_key && list != nullptr) return items(*behind.scope, *list, type->element);
    checker_.report(expression->span, diagnostics::type_mismatch, type->name,
                    Expressions(checker_, scope).type_name(expression));
    return false;
  }

  std::string text;

 private:
  bool entries(const Scope& scope, const ast::Record& given, Span span, TypePtr type) {
    std::set<std::string_view> seen;
    bool good = true;
    text += '{';
    for (const ast::RecordEntry& entry : given.entries) {
      if (!seen.insert(entry.key.text).second) {
        checker_.report(entry.key.span, diagnostics::duplicate_key, entry.key.text);
        good = false;
      }
      TypePtr value = type->is(Kind::map) ? type->element : field(entry.key, type);
      text += (seen.size() == 1 ? "" : ",") + in_json(entry.key.text) + ":";
      good = value != nullptr && write(scope, entry.value, value) && good;
    }
    text += '}';
    return (type->is(Kind::map) || whole(seen, span, type)) && good;
  }

  TypePtr field(const ast::Identifier& key, TypePtr type) {
    const types::Record& record = checker_.set.schema.records[type->definition];
    const types::Field* field = types::find(record.fields, key.text);
    if (field == nullptr) {
      checker_.report(key.span, diagnostics::unknown_field, key.text, record.name)
          .suggest(key.text, types::names(record.fields));
    }
    return field == nullptr ? nullptr : field->type;
  }

  bool whole(const std::set<std::string_view>& given, Span span, TypePtr type) {
    bool good = true;
    for (const types::Field& field : checker_.set.schema.records[type->definition].fields) {
      if (field.optional || given.contains(field.name)) continue;
      checker_.report(span, diagnostics::missing_setting, "the record `" + type->name + "`",
                      field.name);
      good = false;
    }
    return good;
  }

  bool items(const Scope& scope, const ast::List& list, TypePtr element) {
    bool good = true;
    text += '[';
    for (size_t i = 0; i < list.items.size(); ++i) {
      if (i > 0) text += ',';
      good = write(scope, list.items[i], element) && good;
    }
    text += ']';
    return good;
  }

  bool scalar(const Scope& scope, ast::ExpressionPtr expression, TypePtr type) {
    const plan::Constant* value =
        Expressions(checker_, scope).constant(expression, type, "a value of `given data`");
    if (value == nullptr) return false;
    if (const auto* truth = std::get_if<bool>(value)) text += *truth ? "true" : "false";
    if (const auto* number = std::get_if<double>(value)) text += fmt::format("{}", *number);
    if (const auto* string = std::get_if<std::string>(value)) text += in_json(*string);
    if (const auto* ip = std::get_if<plan::Ip>(value)) text += in_json(plan::format_ip(*ip));
    if (const auto* number = std::get_if<int64_t>(value)) text += integer(type, *number);
    return true;
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
  DocumentWriter writer(checker);
  if (!writer.write(scope, expression, type)) return std::nullopt;
  return std::move(writer.text);
}

}  // namespace aipol::check
