#include "compiler/check/literals.h"

#include <set>

#include "compiler/check/expressions.h"

namespace aipol::check {

namespace {

class Form {
 public:
  Form(Checker& checker, std::string_view what) : checker_(checker), what_(what) {}

  bool well(const Scope& scope, ast::ExpressionPtr expression, TypePtr type) {
    if (type->is(Kind::invalid)) return false;
    Expressions expressions(checker_, scope);
    if (!has_parts(type) && !type->collection())
      return expressions.constant(expression, type, what_) != nullptr;
    Macro behind = expressions.literal_behind(expression);
    const auto* record = std::get_if<ast::Record>(&behind.expression->node);
    const auto* list = std::get_if<ast::List>(&behind.expression->node);
    if (!type->collection() && record != nullptr)
      return entries(*behind.scope, *record, expression->span, type);
    if (type->collection() && list != nullptr) {
      bool good = true;
      for (ast::ExpressionPtr item : list->items)
        good = well(*behind.scope, item, type->element) && good;
      return good;
    }
    checker_.report(expression->span, diagnostics::type_mismatch, type->name,
                    expressions.type_name(expression));
    return false;
  }

 private:
  bool entries(const Scope& scope, const ast::Record& given, Span span, TypePtr type) {
    std::set<std::string_view> seen;
    bool good = true;
    for (const ast::RecordEntry& entry : given.entries) {
      if (!seen.insert(entry.key.text).second) {
        checker_.report(entry.key.span, diagnostics::duplicate_key, entry.key.text);
        good = false;
      }
      TypePtr value = type->is(Kind::map) ? type->element : field(entry.key, type);
      good = value != nullptr && well(scope, entry.value, value) && good;
    }
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

  Checker& checker_;
  std::string_view what_;
};

}  // namespace

bool has_parts(TypePtr type) {
  if (type->collection()) return has_parts(type->element) || type->element->collection();
  return type->is(Kind::record) || type->is(Kind::map);
}

bool well_formed(Checker& checker, const Scope& scope, ast::ExpressionPtr expression, TypePtr type,
                 std::string_view what) {
  return Form(checker, what).well(scope, expression, type);
}

}  // namespace aipol::check
