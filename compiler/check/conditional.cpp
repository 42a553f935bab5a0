// if … then … else …, and f"…".
#include "compiler/check/expressions.h"

namespace aipol::check {

Typed Expressions::node(const ast::Conditional& conditional, Span span, TypePtr expected) {
  ir::ExpressionPtr condition_value = condition(conditional.condition);
  Expressions then_side(checker_, scope_, present_);
  Expressions else_side(checker_, scope_, present_);
  if (condition_value != nullptr) {
    then_side.assume(condition_value, true);
    else_side.assume(condition_value, false);
  }
  ir::ExpressionPtr then = then_side.plain(conditional.then, expected);
  TypePtr wanted = expected != nullptr ? expected : then != nullptr ? then->type : nullptr;
  ir::ExpressionPtr otherwise = else_side.plain(conditional.otherwise, wanted);
  if (condition_value == nullptr || then == nullptr || otherwise == nullptr) return poison();
  return of(checker_.build.select(condition_value, then, otherwise, span));
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

// The value as text, or null where its type has no text.
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

}  // namespace

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
