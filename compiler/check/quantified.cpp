// any, all and count: unrolled over lists that are written out or constant, loops over the rest.
#include "compiler/check/expressions.h"
#include "plan/loops.h"

namespace aipol::check {

using ast::Quantifier;
using ir::ExpressionPtr;
using plan::Op;

namespace {

Op loop_of(Quantifier quantifier) {
  if (quantifier == Quantifier::any) return Op::any_of;
  return quantifier == Quantifier::all ? Op::all_of : Op::count_of;
}

// The members of a constant set or list, one by one.
std::vector<plan::Constant> members_of(const plan::Constant& list) {
  std::vector<plan::Constant> members;
  if (const auto* texts = std::get_if<std::vector<std::string>>(&list))
    members.assign(texts->begin(), texts->end());
  if (const auto* integers = std::get_if<std::vector<int64_t>>(&list))
    members.assign(integers->begin(), integers->end());
  return members;
}

struct Loop {
  explicit Loop(uint32_t& level) : level(level) { ++level; }
  ~Loop() { --level; }
  uint32_t& level;
};

}  // namespace

Typed Expressions::node(const ast::Quantified& loop, Span span, TypePtr) {
  Macro behind = literal_behind(loop.list);
  if (std::holds_alternative<ast::List>(behind.expression->node))
    return over_items(loop, behind, span);
  Typed list = check(loop.list);
  if (list.invalid()) return poison();
  if (!list.type->collection()) {
    checker_.report(loop.list->span, diagnostics::type_mismatch, "set or list", list.type->name)
        .underline("this is `{}`", list.type->name);
    return poison();
  }
  if (list.value != nullptr && list.value->constant() != nullptr)
    return over_constant(loop, list.value, span);
  return over_list(loop, list, span);
}

Typed Expressions::over_items(const ast::Quantified& loop, const Macro& list, Span span) {
  std::vector<ExpressionPtr> parts;
  TypePtr element = list.type != nullptr && list.type->collection() ? list.type->element : nullptr;
  bool failed = false;
  for (ast::ExpressionPtr item : std::get<ast::List>(list.expression->node).items) {
    if (puts_in_too_much(span)) return poison();
    Scope inner{scope_.file,
                &scope_,
                {{loop.variable.text, Macro{item, list.scope, element}}},
                scope_.expectations};
    parts.push_back(Expressions(checker_, inner, present_).condition(loop.body));
    failed = failed || parts.back() == nullptr;
    if (failed) break;  // what is wrong in one is wrong in the next
  }
  return failed ? poison() : of(joined(loop.quantifier, std::move(parts), span));
}

Typed Expressions::over_constant(const ast::Quantified& loop, ExpressionPtr list, Span span) {
  std::vector<ExpressionPtr> parts;
  for (plan::Constant& member : members_of(*list->constant())) {
    if (puts_in_too_much(span)) return poison();
    Typed item = of(checker_.build.constant(list->type->element, std::move(member), list->span));
    Scope inner{scope_.file, &scope_, {{loop.variable.text, item}}, scope_.expectations};
    parts.push_back(Expressions(checker_, inner, present_).condition(loop.body));
    if (parts.back() == nullptr) return poison();
  }
  return of(joined(loop.quantifier, std::move(parts), span));
}

ExpressionPtr Expressions::joined(Quantifier quantifier, std::vector<ExpressionPtr> parts,
                                  Span span) {
  ir::Builder& build = checker_.build;
  if (quantifier == Quantifier::any) return build.disjunction(parts, span);
  if (quantifier == Quantifier::all) return build.conjunction(parts, span);
  TypePtr integer = checker_.simple(Kind::integer);
  ExpressionPtr zero = build.constant(integer, int64_t{0}, span);
  ExpressionPtr whole = zero;
  for (ExpressionPtr part : parts) {
    ExpressionPtr one = build.select(part, build.constant(integer, int64_t{1}, span), zero, span);
    whole = build.make(Op::add, integer, {whole, one}, span);
  }
  return whole;
}

ExpressionPtr any_item(Checker& checker, ExpressionPtr list, Span span,
                       const std::function<ExpressionPtr(ExpressionPtr)>& test) {
  ir::Builder& build = checker.build;
  if (list->op == Op::list) {
    std::vector<ExpressionPtr> parts;
    for (ExpressionPtr item : list->arguments) {
      parts.push_back(test(item));
      if (parts.back() == nullptr) return nullptr;
    }
    return build.disjunction(parts, span);
  }
  if (checker.loops >= plan::most_levels) {
    checker.report(span, diagnostics::too_complex);
    return nullptr;
  }
  uint32_t level = checker.loops;
  Loop inside(checker.loops);
  ExpressionPtr body = test(build.item(list->type->element, level, list, span));
  return body == nullptr ? nullptr : build.loop(Op::any_of, level, list, body, span);
}

// The list that a loop over records runs over: any of its columns, they are equally long.
ExpressionPtr Expressions::rows_of(const Typed& list, std::shared_ptr<const Row>& row, Span span) {
  const types::Record& record = checker_.set.schema.records[list.type->element->definition];
  auto at = std::make_shared<Row>();
  at->level = checker_.loops;
  if (list.data != nullptr) {
    at->data = *list.data;
  } else {
    at->path = list.path;
    at->field = list.keyed;
  }
  row = at;
  return column_of(record, row, span);
}

// The first column that there is, of the records or of records within them.
ExpressionPtr Expressions::column_of(const types::Record& record, std::shared_ptr<const Row> row,
                                     Span span) {
  for (const types::Field& field : record.fields) {
    if (field.type->is(Kind::map)) continue;
    Typed read = row_field({record.type, nullptr, nullptr, nullptr, {}, nullptr, row},
                           {field.name, span}, span);
    if (read.invalid()) return nullptr;
    if (read.value != nullptr) return read.value->arguments[0];
    ExpressionPtr inner =
        column_of(checker_.set.schema.records[field.type->definition], read.row, span);
    if (inner != nullptr) return inner;
  }
  return nullptr;
}

Typed Expressions::over_list(const ast::Quantified& loop, const Typed& list, Span span) {
  if (checker_.loops >= plan::most_levels) {
    checker_.report(span, diagnostics::too_complex);
    return poison();
  }
  TypePtr element = list.type->element;
  Typed item;
  ExpressionPtr items = nullptr;
  bool parameter = list.value != nullptr && list.value->op == Op::parameter;
  if (element->is(Kind::record) && parameter) {
    items = list.value;
    item = opaque(checker_, list.path + "[]", element, false, loop.variable.span);
  } else if (element->is(Kind::record)) {
    std::shared_ptr<const Row> row;
    items = rows_of(list, row, loop.list->span);
    item = {element, nullptr, nullptr, nullptr, {}, nullptr, row};
  } else {
    items = require_present(list, loop.list->span);
    if (items != nullptr)
      item = of(checker_.build.item(element, checker_.loops, items, loop.variable.span));
  }
  if (items == nullptr) return poison();
  Scope inner{scope_.file, &scope_, {{loop.variable.text, item}}, scope_.expectations};
  uint32_t level = checker_.loops;
  ExpressionPtr body = nullptr;
  {
    Loop inside(checker_.loops);
    body = Expressions(checker_, inner, present_).condition(loop.body);
  }
  if (body == nullptr) return poison();
  return of(checker_.build.loop(loop_of(loop.quantifier), level, items, body, span));
}

// message.role: the item of the field's column.
Typed Expressions::row_field(const Typed& row, const ast::Identifier& name, Span span) {
  const types::Record& schema = checker_.set.schema.records[row.type->definition];
  const types::Field* field = types::find(schema.fields, name.text);
  if (field == nullptr) {
    checker_.report(name.span, diagnostics::unknown_field, name.text, schema.name)
        .suggest(name.text, types::names(schema.fields));
    return poison();
  }
  if (field->type->is(Kind::invalid)) return poison();
  if (row.present != nullptr && !known_present(row.present)) return absent_record(span, name);
  TypePtr column_type = checker_.set.types.of(Kind::list, field->type);
  auto column = [&](std::string suffix, TypePtr type) -> ExpressionPtr {
    if (row.row->data) {
      DataPlace place = *row.row->data;
      place.path += (place.path.empty() ? "" : ".") + field->name + suffix;
      return at_place(std::move(place), type, nullptr, span).value;
    }
    types::Field read = *field;
    read.type = type;
    read.phase = row.row->field->phase;
    read.optional = false;
    uint32_t number = checker_.source(row.row->path + "." + field->name + suffix, "", read);
    return checker_.build.source(type, number, span);
  };
  Typed read;
  if (field->type->is(Kind::record)) {  // its fields are columns too
    auto inner = std::make_shared<Row>(*row.row);
    if (inner->data) {
      inner->data->path += (inner->data->path.empty() ? "" : ".") + field->name;
    } else {
      inner->path += "." + field->name;
    }
    read = {field->type, nullptr, nullptr, nullptr, {}, nullptr, std::move(inner)};
  } else {
    read = of(checker_.build.item(field->type, row.row->level, column("", column_type), span));
  }
  if (field->optional) {
    TypePtr integers = checker_.set.types.of(Kind::list, checker_.simple(Kind::integer));
    ExpressionPtr there = checker_.build.item(checker_.simple(Kind::integer), row.row->level,
                                              column("?", integers), span);
    read.present = checker_.build.make(
        Op::equal, checker_.simple(Kind::boolean),
        {there, checker_.build.constant(checker_.simple(Kind::integer), int64_t{1}, span)}, span);
  }
  return read;
}

}  // namespace aipol::check
