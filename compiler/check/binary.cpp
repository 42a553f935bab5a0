// Operators between two values, but for membership.
#include <algorithm>

#include "compiler/check/expressions.h"
#include "stdlib/native/real.h"
#include "stdlib/native/regex.h"

namespace aipol::check {

using ast::BinaryOperator;
using ir::ExpressionPtr;
using plan::Op;

namespace {

bool is_one_of(Kind kind, std::initializer_list<Kind> kinds) {
  return std::ranges::find(kinds, kind) != kinds.end();
}

}  // namespace

Typed Expressions::node(const ast::Binary& binary, Span span, TypePtr expected) {
  switch (binary.op) {
    case BinaryOperator::logical_or:
    case BinaryOperator::logical_and:
      return logical(binary, span);
    case BinaryOperator::equal:
    case BinaryOperator::not_equal:
      return equality(binary, span);
    case BinaryOperator::less:
    case BinaryOperator::less_equal:
    case BinaryOperator::greater:
    case BinaryOperator::greater_equal:
      return comparison(binary, span);
    case BinaryOperator::in:
    case BinaryOperator::not_in:
      return membership(binary, span);
    case BinaryOperator::matches:
    case BinaryOperator::like:
      return pattern(binary, span);
    case BinaryOperator::coalesce:
      return coalesce(binary, span, expected);
    default:
      return arithmetic(binary, span);
  }
}

// a and b and c is one list, so that long ones do not nest.
Typed Expressions::logical(const ast::Binary& binary, Span span) {
  std::vector<ast::ExpressionPtr> terms;
  const ast::Binary* spine = &binary;
  while (true) {
    terms.push_back(spine->right);
    const auto* left = std::get_if<ast::Binary>(&spine->left->node);
    if (left == nullptr || left->op != binary.op) break;
    spine = left;
  }
  terms.push_back(spine->left);
  bool conjunction = binary.op == BinaryOperator::logical_and;
  Expressions inner(checker_, scope_, present_);
  std::vector<ExpressionPtr> values;
  for (auto term = terms.rbegin(); term != terms.rend(); ++term) {
    ExpressionPtr value = inner.condition(*term);
    if (value == nullptr) continue;
    inner.assume(value, conjunction);
    values.push_back(value);
  }
  if (values.size() < terms.size()) return poison();
  return of(conjunction ? checker_.build.conjunction(values, span)
                        : checker_.build.disjunction(values, span));
}

// Whether it takes its type from the other side: texts, numbers and names of enum members.
bool Expressions::adapts(ast::ExpressionPtr expression) const {
  const auto& node = expression->node;
  if (std::holds_alternative<ast::StringLiteral>(node) ||
      std::holds_alternative<ast::IntLiteral>(node) || std::holds_alternative<ast::List>(node)) {
    return true;
  }
  if (const auto* choice = std::get_if<ast::Conditional>(&node))
    return adapts(choice->then) && adapts(choice->otherwise);
  const auto* name = std::get_if<ast::Name>(&node);
  if (name == nullptr || name->text == "now") return false;
  if (const Local* local = scope_.find(name->text))
    return std::holds_alternative<Macro>(local->meaning);
  const auto* found = checker_.symbols.visible(scope_.file, name->text);
  return found == nullptr ||
         std::holds_alternative<ast::ConstDeclaration>(found->front().declaration->node);
}

std::pair<Typed, Typed> Expressions::operands(ast::ExpressionPtr left, ast::ExpressionPtr right) {
  auto plainly = [this](ast::ExpressionPtr expression, TypePtr expected) {
    Typed typed = check(expression, expected);
    if (typed.invalid()) return poison();
    if (typed.value == nullptr) {
      checker_.report(expression->span, diagnostics::not_a_value, checker_.text(expression->span),
                      "an object");
      return poison();
    }
    typed.value = require_present(typed, expression->span);
    return typed.value == nullptr ? poison() : typed;
  };
  bool right_first = adapts(left) && !adapts(right);
  Typed first = plainly(right_first ? right : left, nullptr);
  TypePtr expected = first.invalid() ? nullptr : first.type;
  if (expected == nullptr && adapts(right_first ? left : right)) return {poison(), poison()};
  Typed second = plainly(right_first ? left : right, expected);
  if (first.invalid() || second.invalid()) return {poison(), poison()};
  // int beside float becomes float.
  for (auto [one, other] : {std::pair(&first, &second), std::pair(&second, &first)}) {
    if (!one->type->is(Kind::integer) || !other->type->is(Kind::real)) continue;
    one->value = convert(one->value, other->type, one->value->span);
    one->type = other->type;
  }
  return right_first ? std::pair(second, first) : std::pair(first, second);
}

namespace {

Typed mismatch(Checker& checker, const ast::Binary& binary, const Typed& left, const Typed& right) {
  checker
      .report(binary.op_span, diagnostics::operator_types, ast::spelling(binary.op),
              left.type->name, right.type->name)
      .label(binary.left->span, "`{}`", left.type->name)
      .label(binary.right->span, "`{}`", right.type->name);
  return {checker.invalid(), nullptr, nullptr, nullptr, {}};
}

}  // namespace

Typed Expressions::equality(const ast::Binary& binary, Span span) {
  auto [left, right] = operands(binary.left, binary.right);
  if (left.invalid()) return poison();
  bool comparable = !left.type->collection() &&
                    !is_one_of(left.type->kind, {Kind::map, Kind::record, Kind::network});
  if (left.type != right.type || !comparable) return mismatch(checker_, binary, left, right);
  const plan::Constant *first = left.value->constant(), *second = right.value->constant();
  if (second != nullptr && !name_is_known(left.value, *second, binary.right->span)) return poison();
  if (first != nullptr && !name_is_known(right.value, *first, binary.left->span)) return poison();
  ExpressionPtr equal = checker_.build.make(Op::equal, checker_.simple(Kind::boolean),
                                            {left.value, right.value}, span);
  return of(binary.op == BinaryOperator::equal ? equal : checker_.build.negation(equal, span));
}

Typed Expressions::comparison(const ast::Binary& binary, Span span) {
  auto [left, right] = operands(binary.left, binary.right);
  if (left.invalid()) return poison();
  bool ordered = is_one_of(left.type->kind, {Kind::integer, Kind::real, Kind::usd, Kind::duration,
                                             Kind::time, Kind::clock, Kind::date});
  if (left.type != right.type || !ordered) return mismatch(checker_, binary, left, right);
  bool swapped = binary.op == BinaryOperator::greater || binary.op == BinaryOperator::greater_equal;
  bool strict = binary.op == BinaryOperator::less || binary.op == BinaryOperator::greater;
  ExpressionPtr low = swapped ? right.value : left.value;
  ExpressionPtr high = swapped ? left.value : right.value;
  return of(checker_.build.make(strict ? Op::less : Op::less_equal, checker_.simple(Kind::boolean),
                                {low, high}, span));
}

namespace {

struct Arithmetic {
  BinaryOperator op;
  Kind left, right, result;
};
constexpr BinaryOperator plus = BinaryOperator::add, minus = BinaryOperator::subtract,
                         times = BinaryOperator::multiply, over = BinaryOperator::divide,
                         rest = BinaryOperator::remainder;
// Every combination there is; int beside float is float before it comes here. What is float on one
// side only, or becomes float, is computed in floats and rounded.
constexpr Arithmetic arithmetics[] = {
    {plus, Kind::integer, Kind::integer, Kind::integer},
    {minus, Kind::integer, Kind::integer, Kind::integer},
    {times, Kind::integer, Kind::integer, Kind::integer},
    {over, Kind::integer, Kind::integer, Kind::integer},
    {rest, Kind::integer, Kind::integer, Kind::integer},
    {plus, Kind::real, Kind::real, Kind::real},
    {minus, Kind::real, Kind::real, Kind::real},
    {times, Kind::real, Kind::real, Kind::real},
    {over, Kind::real, Kind::real, Kind::real},
    {plus, Kind::usd, Kind::usd, Kind::usd},
    {minus, Kind::usd, Kind::usd, Kind::usd},
    {times, Kind::usd, Kind::integer, Kind::usd},
    {times, Kind::integer, Kind::usd, Kind::usd},
    {over, Kind::usd, Kind::integer, Kind::usd},
    {times, Kind::usd, Kind::real, Kind::usd},
    {times, Kind::real, Kind::usd, Kind::usd},
    {over, Kind::usd, Kind::real, Kind::usd},
    {over, Kind::usd, Kind::usd, Kind::real},
    {plus, Kind::duration, Kind::duration, Kind::duration},
    {minus, Kind::duration, Kind::duration, Kind::duration},
    {times, Kind::duration, Kind::integer, Kind::duration},
    {times, Kind::integer, Kind::duration, Kind::duration},
    {over, Kind::duration, Kind::integer, Kind::duration},
    {times, Kind::duration, Kind::real, Kind::duration},
    {times, Kind::real, Kind::duration, Kind::duration},
    {over, Kind::duration, Kind::real, Kind::duration},
    {over, Kind::duration, Kind::duration, Kind::real},
    {plus, Kind::time, Kind::duration, Kind::time},
    {minus, Kind::time, Kind::duration, Kind::time},
    {minus, Kind::time, Kind::time, Kind::duration},
    {plus, Kind::string, Kind::string, Kind::string},
};

Op operation(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::add:
      return Op::add;
    case BinaryOperator::subtract:
      return Op::subtract;
    case BinaryOperator::multiply:
      return Op::multiply;
    case BinaryOperator::divide:
      return Op::divide;
    default:
      return Op::remainder;
  }
}

ExpressionPtr as_real(Checker& checker, ExpressionPtr value) {
  TypePtr real = checker.simple(Kind::real);
  return value->type->is(Kind::real) ? value
                                     : checker.build.make(Op::to_real, real, {value}, value->span);
}

// To the nearest, halves away from zero.
ExpressionPtr rounded(Checker& checker, TypePtr type, ExpressionPtr value, Span span) {
  const plan::Constant* constant = value->constant();
  if (constant == nullptr) return checker.build.call(type, "real.rounded", {value}, span);
  return checker.build.constant(type, native::rounded(std::get<double>(*constant)), span);
}

ExpressionPtr computed(Checker& checker, Op op, TypePtr result, ExpressionPtr left,
                       ExpressionPtr right, Span span) {
  bool reals = left->type->is(Kind::real) || right->type->is(Kind::real) || result->is(Kind::real);
  if (!reals) return checker.build.make(op, result, {left, right}, span);
  ExpressionPtr value = checker.build.make(op, checker.simple(Kind::real),
                                           {as_real(checker, left), as_real(checker, right)}, span);
  return result->is(Kind::real) ? value : rounded(checker, result, value, span);
}

bool is_zero(const plan::Constant& value) {
  const auto* integer = std::get_if<int64_t>(&value);
  return integer != nullptr ? *integer == 0 : std::get<double>(value) == 0;
}

}  // namespace

ExpressionPtr Expressions::concat(ExpressionPtr left, ExpressionPtr right, Span span) {
  return checker_.build.call(checker_.simple(Kind::string), "text.concat", {left, right}, span);
}

Typed Expressions::arithmetic(const ast::Binary& binary, Span span) {
  auto [left, right] = operands(binary.left, binary.right);
  if (left.invalid()) return poison();
  const Arithmetic* row = std::ranges::find_if(arithmetics, [&](const Arithmetic& a) {
    return a.op == binary.op && left.type->is(a.left) && right.type->is(a.right);
  });
  if (row == std::end(arithmetics)) return mismatch(checker_, binary, left, right);
  TypePtr result = checker_.simple(row->result);
  if (row->result == Kind::string) {
    return of(concat(left.value, right.value, span));
  }
  if (row->op == over || row->op == rest) {
    const plan::Constant* divisor = right.value->constant();
    if (divisor == nullptr || is_zero(*divisor)) {
      checker_.report(binary.right->span, diagnostics::zero_divisor);
      return poison();
    }
  }
  return of(computed(checker_, operation(row->op), result, left.value, right.value, span));
}

Typed Expressions::coalesce(const ast::Binary& binary, Span span, TypePtr expected) {
  Typed left = check(binary.left, expected);
  if (left.invalid()) return poison();
  if (left.present == nullptr || left.value == nullptr) {
    checker_.report(binary.left->span, diagnostics::never_absent, checker_.text(binary.left->span))
        .underline("this is `{}`, not optional", left.type->name);
    return poison();
  }
  Expressions inner(checker_, scope_, present_);
  inner.assume(left.present, false);
  Typed right = inner.perhaps(binary.right, left.type);
  if (right.invalid()) return poison();
  settle(right, inner);
  ExpressionPtr value = checker_.build.select(left.present, left.value, right.value, span);
  ExpressionPtr present = right.present == nullptr
                              ? nullptr
                              : checker_.build.disjunction(left.present, right.present, span);
  return {left.type, value, present, nullptr, {}};
}

Typed Expressions::pattern(const ast::Binary& binary, Span span) {
  TypePtr string = checker_.simple(Kind::string);
  bool regex = binary.op == BinaryOperator::matches;
  ExpressionPtr text = plain(binary.left, string);
  ExpressionPtr pattern = plain(binary.right, string);
  if (text == nullptr || pattern == nullptr) return poison();
  if (pattern->op != Op::parameter) {  // known where the function is put in
    if (pattern->constant() == nullptr) {
      checker_.report(binary.right->span, diagnostics::not_constant,
                      regex ? "a regular expression" : "a glob");
      return poison();
    }
    if (regex) {
      Result<native::Regex> compiled =
          native::Regex::compile(std::get<std::string>(*pattern->constant()));
      if (!compiled) {
        checker_
            .report(binary.right->span, diagnostics::bad_text,
                    std::get<std::string>(*pattern->constant()), "regular expression")
            .underline("{}", compiled.error().message);
        return poison();
      }
    }
  }
  return of(checker_.build.make(regex ? Op::matches : Op::like, checker_.simple(Kind::boolean),
                                {text, pattern}, span));
}

}  // namespace aipol::check
