// if … then … else …, and f"…".
#include "compiler/check/expressions.h"

namespace aipol::check {

// Absent where the branch that is taken is.
Typed Expressions::node(const ast::Conditional& conditional, Span span, TypePtr expected) {
  ir::ExpressionPtr condition_value = condition(conditional.condition);
  Expressions then_side(checker_, scope_, present_);
  Expressions else_side(checker_, scope_, present_);
  if (condition_value != nullptr) {
    then_side.assume(condition_value, true);
    else_side.assume(condition_value, false);
  }
  // What is expected is a hint; the branches must agree.
  Typed then = then_side.branch(conditional.then, expected);
  TypePtr hint = then.invalid() ? expected : then.type;
  Typed otherwise = else_side.branch(conditional.otherwise, hint);
  if (condition_value == nullptr || then.invalid() || otherwise.invalid()) return poison();
  bool real = otherwise.type->is(Kind::real) && then.type->is(Kind::integer);
  // Where they do not agree, the one that is not as expected is the culprit.
  TypePtr type = real || otherwise.type == expected ? otherwise.type : then.type;
  then.value = convert(then.value, type, conditional.then->span);
  otherwise.value = convert(otherwise.value, type, conditional.otherwise->span);
  if (then.value == nullptr || otherwise.value == nullptr) return poison();
  settle(then, then_side);
  settle(otherwise, else_side);
  ir::ExpressionPtr value =
      checker_.build.select(condition_value, then.value, otherwise.value, span);
  return {type, value, present_of(condition_value, then, otherwise, span), nullptr, {}};
}

// What is known to be present where it is read, though not here, always is.
void Expressions::settle(Typed& side, const Expressions& there) const {
  if (side.present == nullptr || known_present(side.present)) return;
  if (there.known_present(side.present)) side.present = nullptr;
}

// A value, perhaps absent.
Typed Expressions::branch(ast::ExpressionPtr expression, TypePtr expected) {
  Typed typed = check(expression, expected);
  if (typed.invalid() || typed.value != nullptr) return typed;
  plain(expression);  // reports it
  return poison();
}

// Whether the branch that is taken is present, or null: always.
ir::ExpressionPtr Expressions::present_of(ir::ExpressionPtr condition, const Typed& then,
                                          const Typed& otherwise, Span span) {
  ir::Builder& build = checker_.build;
  ir::ExpressionPtr yes = then.present, no = otherwise.present;
  if (yes == nullptr && no == nullptr) return nullptr;
  if (yes == nullptr) return build.disjunction(condition, no, span);
  if (no == nullptr) return build.disjunction(build.negation(condition, span), yes, span);
  bool known = known_present(yes) && known_present(no);
  return known ? build.conjunction(yes, no, span) : build.select(condition, yes, no, span);
}

namespace {

struct Format {
  Kind kind;
  std::string_view symbol;
};
constexpr Format formats[] = {
    {Kind::boolean, "format.boolean"},
    {Kind::integer, "format.integer"},
    {Kind::real, "format.real"},
    {Kind::usd, "format.usd"},
    {Kind::duration, "format.duration"},
    {Kind::time, "format.time"},
    {Kind::clock, "format.clock"},
    {Kind::date, "format.date"},
    {Kind::ip, "format.ip"},
};

}  // namespace

ir::ExpressionPtr as_text(Checker& checker, ir::ExpressionPtr value) {
  TypePtr string = checker.simple(Kind::string);
  if (value->type->is(Kind::string)) return value;
  if (value->type->is(Kind::enumeration)) {
    // Not sorted: the text of member n is the nth.
    ir::ExpressionPtr members =
        checker.build.constant(checker.set.types.of(Kind::list, string),
                               checker.enumeration(value->type).members, value->span);
    return checker.build.call(string, "format.member", {value, members}, value->span);
  }
  for (const Format& format : formats) {
    if (value->type->is(format.kind))
      return checker.build.call(string, std::string(format.symbol), {value}, value->span);
  }
  return nullptr;
}

Typed Expressions::node(const ast::FormatString& format, Span span, TypePtr) {
  constexpr size_t most_holes = 400;  // each nests the text one level deeper
  if (format.holes.size() > most_holes) {
    checker_.report(span, diagnostics::too_complex);
    return poison();
  }
  TypePtr string = checker_.simple(Kind::string);
  ir::ExpressionPtr whole = nullptr;
  bool failed = false;
  auto append = [&](ir::ExpressionPtr part) {
    whole = whole == nullptr ? part : concat(whole, part, span);
  };
  for (size_t i = 0; i < format.texts.size(); ++i) {
    if (!format.texts[i].empty() || format.holes.empty()) {
      append(checker_.build.constant(string, format.texts[i], span));
    }
    if (i == format.holes.size()) break;
    ir::ExpressionPtr value = plain(format.holes[i]);
    ir::ExpressionPtr text = value == nullptr ? nullptr : as_text(checker_, value);
    if (value != nullptr && text == nullptr) {
      checker_.report(format.holes[i]->span, diagnostics::operand_type, "{…}", value->type->name);
    }
    failed = failed || text == nullptr;
    if (text != nullptr) append(text);
  }
  return failed ? poison() : of(whole);
}

}  // namespace aipol::check
