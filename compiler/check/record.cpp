// Records and maps that are written out, and parameters that are such.
#include <algorithm>

#include "compiler/check/expressions.h"
#include "compiler/check/literals.h"

namespace aipol::check {

using ir::ExpressionPtr;

// What stands for a value that is not there.
ExpressionPtr Expressions::zero(TypePtr type, Span span) {
  plan::Constant value = int64_t{0};
  if (type->is(Kind::boolean)) value = false;
  if (type->is(Kind::real)) value = 0.0;
  if (type->is(Kind::string)) value = std::string();
  if (type->is(Kind::ip)) value = plan::Ip();
  if (type->collection()) value = std::vector<int64_t>();
  if (type->collection() && type->element->is(Kind::string)) value = std::vector<std::string>();
  return checker_.build.constant(type, std::move(value), span);
}

// The value behind a key of a record. What is declared optional is given, or known to be absent.
Typed Expressions::entry_of(const ast::Record& record, const Macro& behind, const ast::Field& field,
                            TypePtr expected) {
  const types::Field* declared = nullptr;
  if (behind.type != nullptr && behind.type->is(Kind::record))
    declared =
        types::find(checker_.set.schema.records[behind.type->definition].fields, field.name.text);
  std::vector<std::string> keys;
  for (const ast::RecordEntry& entry : record.entries) {
    TypePtr type = declared != nullptr ? declared->type : expected;
    keys.emplace_back(entry.key.text);
    if (entry.key.text != field.name.text) continue;
    Typed found = put_in({entry.value, behind.scope, nullptr}, type);
    bool optional = declared != nullptr && declared->optional && found.present == nullptr;
    if (optional) found.present = checker_.build.boolean(true, field.name.span);
    return found;
  }
  if (declared != nullptr && declared->optional && !has_parts(declared->type)) {
    Typed absent = of(zero(declared->type, field.name.span));
    absent.present = checker_.build.boolean(false, field.name.span);
    return absent;
  }
  checker_
      .report(field.name.span, diagnostics::unknown_field, field.name.text,
              behind.type == nullptr ? std::string("record") : behind.type->name)
      .suggest(field.name.text, keys);
  return poison();
}

// quotas["a"], where `quotas` is a map that is written out: the value whose key it is.
Typed Expressions::entry_at(const ast::Record& record, const Macro& behind, const ast::Index& index,
                            Span span) {
  TypePtr element = behind.type->element;
  ExpressionPtr key = plain(index.key);
  if (key == nullptr) return poison();
  if (!key->type->is(Kind::string) && !key->type->is(Kind::enumeration)) {
    checker_.report(index.key->span, diagnostics::type_mismatch, "string", key->type->name);
    return poison();
  }
  if (has_parts(element)) {
    checker_.report(index.key->span, diagnostics::not_constant, "a key of a map of records");
    return poison();
  }
  key = as_text(checker_, key);
  TypePtr boolean = checker_.simple(Kind::boolean);
  ExpressionPtr value = zero(element, span);
  ExpressionPtr present = checker_.build.boolean(false, span);
  for (const ast::RecordEntry& entry : record.entries) {
    Expressions inner(checker_, *behind.scope, present_);
    ExpressionPtr one = inner.plain(entry.value, element);
    if (one == nullptr) return poison();
    ExpressionPtr name = checker_.build.constant(key->type, std::string(entry.key.text), span);
    ExpressionPtr here = checker_.build.make(plan::Op::equal, boolean, {key, name}, span);
    value = checker_.build.select(here, one, value, span);
    present = checker_.build.disjunction(present, here, span);
  }
  return {element, value, present, nullptr, {}};
}

Typed Expressions::opaque_field(const Typed& record, const ast::Identifier& name, Span span) {
  if (record.present != nullptr && !known_present(record.present)) return absent_record(span, name);
  const types::Record& schema = checker_.set.schema.records[record.type->definition];
  const types::Field* field = types::find(schema.fields, name.text);
  if (field == nullptr) {
    checker_.report(name.span, diagnostics::unknown_field, name.text, schema.name)
        .suggest(name.text, types::names(schema.fields));
    return poison();
  }
  return opaque(checker_, record.path + "." + field->name, field->type, field->optional, span);
}

// What a parameter with parts means where the function is put in.
bool Expressions::bind(const ast::Parameter& parameter, ast::ExpressionPtr given, TypePtr type,
                       Local& out) {
  out.name = parameter.name.text;
  Macro behind = literal_behind(given);
  bool literal = std::holds_alternative<ast::Record>(behind.expression->node) ||
                 std::holds_alternative<ast::List>(behind.expression->node);
  if (has_parts(type) && literal) {
    behind.type = type;
    out.meaning = behind;
    return well_formed(checker_, *behind.scope, behind.expression, type, "an argument");
  }
  Typed typed = argument(given, parameter.type, type);
  bool good = !typed.invalid();
  bool absent = good && has_parts(type) && !parameter.type.optional && typed.present != nullptr &&
                !known_present(typed.present);
  if (absent) {
    std::string_view text = checker_.text(given->span);
    checker_.report(given->span, diagnostics::maybe_absent, text)
        .help("guard it with `has {} and …`", text);
  }
  out.meaning = std::move(typed);
  return good && !absent;
}

}  // namespace aipol::check
