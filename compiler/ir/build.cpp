#include "compiler/ir/build.h"

#include <limits>

#include "base/check.h"
#include "compiler/ir/fold.h"

namespace aipol::ir {

using plan::Op;
using source::Span;
using types::Kind;

namespace {

uint32_t weight_of(const std::vector<ExpressionPtr>& arguments) {
  uint64_t weight = 1;
  for (ExpressionPtr argument : arguments) weight += argument->weight;
  return static_cast<uint32_t>(std::min<uint64_t>(weight, std::numeric_limits<uint32_t>::max()));
}

const bool* truth(ExpressionPtr expression) {
  return expression->constant() == nullptr ? nullptr : std::get_if<bool>(expression->constant());
}

}  // namespace

ExpressionPtr Builder::constant(TypePtr type, plan::Constant value, Span span) {
  return arena_.make<Expression>(Op::constant, type, span, std::move(value),
                                 std::vector<ExpressionPtr>{});
}

ExpressionPtr Builder::boolean(bool value, Span span) {
  return constant(types_.simple(Kind::boolean), value, span);
}

ExpressionPtr Builder::source(TypePtr type, uint32_t source, Span span) {
  return arena_.make<Expression>(Op::source, type, span, SourceRef{source},
                                 std::vector<ExpressionPtr>{});
}

ExpressionPtr Builder::has(uint32_t source, Span span) {
  return arena_.make<Expression>(Op::has, types_.simple(Kind::boolean), span, SourceRef{source},
                                 std::vector<ExpressionPtr>{});
}

ExpressionPtr Builder::call(TypePtr type, std::string symbol, std::vector<ExpressionPtr> arguments,
                            Span span) {
  uint32_t weight = weight_of(arguments);
  return arena_.make<Expression>(Op::call, type, span, NativeRef{std::move(symbol)},
                                 std::move(arguments), weight);
}

ExpressionPtr Builder::make(Op op, TypePtr type, std::vector<ExpressionPtr> arguments, Span span) {
  if (auto value = fold(op, arguments)) return constant(type, std::move(*value), span);
  uint32_t weight = weight_of(arguments);
  return arena_.make<Expression>(op, type, span, std::monostate{}, std::move(arguments), weight);
}

ExpressionPtr Builder::negation(ExpressionPtr operand, Span span) {
  if (operand->op == Op::logical_not) return operand->arguments[0];
  return make(Op::logical_not, operand->type, {operand}, span);
}

ExpressionPtr Builder::conjunction(ExpressionPtr left, ExpressionPtr right, Span span) {
  return logical(Op::logical_and, left, right, span);
}

ExpressionPtr Builder::disjunction(ExpressionPtr left, ExpressionPtr right, Span span) {
  return logical(Op::logical_or, left, right, span);
}

ExpressionPtr Builder::logical(Op op, ExpressionPtr left, ExpressionPtr right, Span span) {
  bool neutral = op == Op::logical_and;  // true and x is x, false or x is x
  for (auto [one, other] : {std::pair(left, right), std::pair(right, left)}) {
    if (const bool* value = truth(one)) return *value == neutral ? other : one;
  }
  std::vector<ExpressionPtr> operands;
  for (ExpressionPtr side : {left, right}) {
    if (side->op == op) {
      operands.insert(operands.end(), side->arguments.begin(), side->arguments.end());
    } else {
      operands.push_back(side);
    }
  }
  return make(op, left->type, std::move(operands), span);
}

ExpressionPtr Builder::select(ExpressionPtr condition, ExpressionPtr then, ExpressionPtr otherwise,
                              Span span) {
  if (const bool* value = truth(condition)) return *value ? then : otherwise;
  if (same(then, otherwise)) return then;
  return make(Op::select, then->type, {condition, then, otherwise}, span);
}

}  // namespace aipol::ir
