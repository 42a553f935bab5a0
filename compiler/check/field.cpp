// object.field, package.constant, map["key"], has, and methods written without parentheses.
#include <algorithm>

#include "compiler/check/expressions.h"

namespace aipol::check {

Typed Expressions::source(std::string path, std::string key, const types::Field& field, Span span) {
  uint32_t number = checker_.source(path, key, field);
  bool optional = checker_.set.sources[number].optional;
  TypePtr type = checker_.set.sources[number].type;
  return {type,
          checker_.build.source(type, number, span),
          optional ? checker_.build.has(number, span) : nullptr,
          nullptr,
          {}};
}

Typed Expressions::object_field(const Typed& object, const ast::Identifier& name, Span span) {
  const types::Object& schema = checker_.set.schema.objects[object.type->definition];
  const types::Field* field = types::find(schema.fields, name.text);
  if (field == nullptr) {
    checker_.report(name.span, diagnostics::unknown_field, name.text, schema.name)
        .suggest(name.text, types::names(schema.fields));
    return poison();
  }
  if (field->type->is(Kind::invalid)) return poison();
  std::string path = object.path + "." + field->name;
  if (field->type->is(Kind::object))  // forwarded.ai
    return {field->type, nullptr, nullptr, nullptr, std::move(path)};
  bool rows = field->type->collection() && field->type->element->is(Kind::record);
  if (rows) {  // its size is a value; its items are read column by column
    Typed list = source(path, "", *field, span);
    list.keyed = field;
    list.path = std::move(path);
    return list;
  }
  if (field->type->is(Kind::map) || field->type->is(Kind::record)) {
    return {field->type, nullptr, nullptr, field, std::move(path)};
  }
  return source(std::move(path), "", *field, span);
}

// model.price.input: a source of its own for each field of the record.
Typed Expressions::record_field(const Typed& record, const ast::Identifier& name, Span span) {
  const types::Record& schema = checker_.set.schema.records[record.type->definition];
  const types::Field* field = types::find(schema.fields, name.text);
  if (field == nullptr) {
    checker_.report(name.span, diagnostics::unknown_field, name.text, schema.name)
        .suggest(name.text, types::names(schema.fields));
    return poison();
  }
  types::Field read = *field;
  read.phase = record.keyed->phase;
  std::string path = record.path + "." + read.name;
  if (field->type->is(Kind::map)) {
    auto* keyed = checker_.set.arena.make<types::Field>(std::move(read));
    return {field->type, nullptr, nullptr, keyed, std::move(path)};
  }
  return source(std::move(path), "", read, span);
}

Typed Expressions::node(const ast::Field& field, Span span, TypePtr expected) {
  if (const std::string* package = qualifier(field.object)) {
    if (const auto* found = checker_.symbols.in_package(*package, field.name.text)) {
      return declared(found->front(), span, expected);
    }
    std::optional<std::vector<std::string>> names = checker_.symbols.names_of(*package);
    if (!names) return poison();  // reported at its `use`
    checker_.report(field.name.span, diagnostics::unknown_name, checker_.text(span))
        .suggest(field.name.text, *names);
    return poison();
  }
  Macro behind = literal_behind(field.object);
  if (const auto* record = std::get_if<ast::Record>(&behind.expression->node))
    return entry_of(*record, behind, field, expected);
  Typed object = check(field.object);
  if (object.invalid()) return poison();
  if (object.type->is(Kind::object)) return object_field(object, field.name, span);
  if (object.type->is(Kind::meter)) return meter_field(object, field.name, span);
  if (object.type->is(Kind::record) && object.value != nullptr)
    return opaque_field(object, field.name, span);
  if (object.type->is(Kind::record) && object.row != nullptr)
    return row_field(object, field.name, span);
  if (object.type->is(Kind::record) && object.data != nullptr)
    return data_field(object, field.name, span);
  if (object.type->is(Kind::record) && object.keyed != nullptr)
    return record_field(object, field.name, span);
  return method_call(object, field.object->span, field.name, ast::Call{nullptr, {}}, span);
}

Typed Expressions::node(const ast::Index& index, Span span, TypePtr) {
  Macro behind = literal_behind(index.object);
  const auto* record = std::get_if<ast::Record>(&behind.expression->node);
  if (record != nullptr && behind.type != nullptr && behind.type->is(Kind::map))
    return entry_at(*record, behind, index, span);
  Typed object = check(index.object);
  if (object.invalid()) return poison();
  bool opaque_map = object.value != nullptr && object.value->op == plan::Op::parameter;
  if (opaque_map && object.type->is(Kind::map)) {
    ir::ExpressionPtr key = plain(index.key, checker_.simple(Kind::string));
    if (key == nullptr) return poison();
    return opaque(checker_, object.path + "[" + std::string(checker_.text(index.key->span)) + "]",
                  object.type->element, true, span);
  }
  if (object.data != nullptr && object.type->is(Kind::map)) return data_index(object, index, span);
  if (object.keyed == nullptr || !object.type->is(Kind::map)) {
    checker_.report(index.object->span, diagnostics::operand_type, "[…]", object.type->name);
    return poison();
  }
  const plan::Constant* key = constant(index.key, checker_.simple(Kind::string), "the key");
  if (key == nullptr) return poison();
  return source(object.path, std::get<std::string>(*key), *object.keyed, span);
}

Typed Expressions::node(const ast::Unary& unary, Span span, TypePtr expected) {
  if (unary.op == ast::UnaryOperator::logical_not) {
    ir::ExpressionPtr operand = condition(unary.operand);
    return operand == nullptr ? poison() : of(checker_.build.negation(operand, span));
  }
  if (unary.op == ast::UnaryOperator::has) {
    Typed operand = check(unary.operand);
    if (operand.invalid()) return poison();
    if (operand.present != nullptr) return of(checker_.build.at(operand.present, span));
    checker_
        .report(unary.operand->span, diagnostics::never_absent, checker_.text(unary.operand->span))
        .underline("this is `{}`, not optional", operand.type->name);
    return poison();
  }
  Typed found = branch(unary.operand, expected);
  if (found.invalid()) return poison();
  ir::ExpressionPtr operand = require_present(found, unary.operand->span);
  if (operand == nullptr) return poison();
  constexpr Kind signed_kinds[] = {Kind::integer, Kind::real, Kind::usd, Kind::duration};
  if (std::ranges::find(signed_kinds, operand->type->kind) == std::end(signed_kinds)) {
    checker_.report(span, diagnostics::operand_type, "-", operand->type->name);
    return poison();
  }
  return of(checker_.build.make(plan::Op::negate, operand->type, {operand}, span));
}

}  // namespace aipol::check
