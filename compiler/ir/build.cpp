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

bool empty(ExpressionPtr list) {
  if (list->constant() == nullptr) return false;
  if (const auto* texts = std::get_if<std::vector<std::string>>(list->constant())) {
    return texts->empty();
  }
  const auto* integers = std::get_if<std::vector<int64_t>>(list->constant());
  return integers != nullptr && integers->empty();
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
  if (auto value = fold_call(symbol, type, arguments))
    return constant(type, std::move(*value), span);
  uint32_t weight = weight_of(arguments);
  return arena_.make<Expression>(Op::call, type, span, NativeRef{std::move(symbol)},
                                 std::move(arguments), weight);
}

// A body that is the same for every item needs no loop where it decides alone.
ExpressionPtr Builder::loop(Op op, uint32_t level, ExpressionPtr list, ExpressionPtr body,
                            Span span) {
  TypePtr type = types_.simple(op == Op::count_of ? Kind::integer : Kind::boolean);
  const bool* always = truth(body);
  bool none = empty(list);
  if (op == Op::count_of) {
    if (none || (always != nullptr && !*always)) return constant(type, int64_t{0}, span);
    if (always != nullptr) return make(Op::size, type, {list}, span);
  } else {
    bool all = op == Op::all_of;
    if (none || (always != nullptr && *always == all)) return constant(type, all, span);
  }
  std::vector<ExpressionPtr> arguments = {list, body};
  uint32_t weight = weight_of(arguments);
  return arena_.make<Expression>(op, type, span, Level{level}, std::move(arguments), weight);
}

ExpressionPtr Builder::item(TypePtr type, uint32_t level, ExpressionPtr list, Span span) {
  return arena_.make<Expression>(Op::item, type, span, Level{level},
                                 std::vector<ExpressionPtr>{list}, list->weight + 1);
}

ExpressionPtr Builder::make(Op op, TypePtr type, std::vector<ExpressionPtr> arguments, Span span) {
  if (auto value = fold(op, arguments)) return constant(type, std::move(*value), span);
  uint32_t weight = weight_of(arguments);
  return arena_.make<Expression>(op, type, span, std::monostate{}, std::move(arguments), weight);
}

ExpressionPtr Builder::at(ExpressionPtr expression, Span span) {
  Expression copy = *expression;
  copy.span = span;
  return arena_.make<Expression>(std::move(copy));
}

ExpressionPtr Builder::with_arguments(ExpressionPtr expression,
                                      std::vector<ExpressionPtr> arguments) {
  switch (expression->op) {
    case Op::logical_and:
    case Op::logical_or:
      return logical(expression->op, arguments, expression->span);
    case Op::logical_not:
      return negation(arguments[0], expression->span);
    case Op::select:
      return select(arguments[0], arguments[1], arguments[2], expression->span);
    case Op::any_of:
    case Op::all_of:
    case Op::count_of:
      return loop(expression->op, std::get<Level>(expression->payload).level, arguments[0],
                  arguments[1], expression->span);
    case Op::call:
      return call(expression->type, std::get<NativeRef>(expression->payload).symbol,
                  std::move(arguments), expression->span);
    case Op::item: {
      uint32_t weight = weight_of(arguments);
      return arena_.make<Expression>(expression->op, expression->type, expression->span,
                                     expression->payload, std::move(arguments), weight);
    }
    default:
      return make(expression->op, expression->type, std::move(arguments), expression->span);
  }
}

ExpressionPtr Builder::negation(ExpressionPtr operand, Span span) {
  if (operand->op == Op::logical_not) return operand->arguments[0];
  return make(Op::logical_not, operand->type, {operand}, span);
}

ExpressionPtr Builder::conjunction(ExpressionPtr left, ExpressionPtr right, Span span) {
  return logical(Op::logical_and, {left, right}, span);
}

ExpressionPtr Builder::disjunction(ExpressionPtr left, ExpressionPtr right, Span span) {
  return logical(Op::logical_or, {left, right}, span);
}

ExpressionPtr Builder::conjunction(const std::vector<ExpressionPtr>& parts, Span span) {
  return logical(Op::logical_and, parts, span);
}

ExpressionPtr Builder::disjunction(const std::vector<ExpressionPtr>& parts, Span span) {
  return logical(Op::logical_or, parts, span);
}

ExpressionPtr Builder::logical(Op op, const std::vector<ExpressionPtr>& parts, Span span) {
  bool neutral = op == Op::logical_and;  // true and x is x, false or x is x
  std::vector<ExpressionPtr> operands;
  for (ExpressionPtr part : parts) {
    if (const bool* value = truth(part)) {
      if (*value != neutral) return part;
    } else if (part->op == op) {
      operands.insert(operands.end(), part->arguments.begin(), part->arguments.end());
    } else {
      operands.push_back(part);
    }
  }
  if (operands.empty()) return parts.empty() ? boolean(neutral, span) : parts[0];
  if (operands.size() == 1) return operands[0];
  types::TypePtr type = operands[0]->type;
  return make(op, type, std::move(operands), span);
}

ExpressionPtr Builder::select(ExpressionPtr condition, ExpressionPtr then, ExpressionPtr otherwise,
                              Span span) {
  if (const bool* value = truth(condition)) return *value ? then : otherwise;
  if (same(then, otherwise)) return then;
  return make(Op::select, then->type, {condition, then, otherwise}, span);
}

}  // namespace aipol::ir
