// Makes typed expressions, folding what is constant: the only way they come to be. Operands are
// well-typed plain values.
#pragma once

#include "base/arena.h"
#include "compiler/ir/expression.h"

namespace aipol::ir {

class Builder {
 public:
  Builder(Arena& arena, types::Types& types) : arena_(arena), types_(types) {}

  ExpressionPtr constant(TypePtr type, plan::Constant value, source::Span span);
  ExpressionPtr boolean(bool value, source::Span span);
  ExpressionPtr source(TypePtr type, uint32_t source, source::Span span);
  ExpressionPtr has(uint32_t source, source::Span span);
  ExpressionPtr call(TypePtr type, std::string symbol, std::vector<ExpressionPtr> arguments,
                     source::Span span);
  // any_of, all_of or count_of over a list; the level is the number of loops around it whose items
  // can be read there.
  ExpressionPtr loop(plan::Op op, uint32_t level, ExpressionPtr list, ExpressionPtr body,
                     source::Span span);
  // In the body of a loop of that level, the item of a list as long as the loop's.
  ExpressionPtr item(TypePtr type, uint32_t level, ExpressionPtr list, source::Span span);
  ExpressionPtr make(plan::Op op, TypePtr type, std::vector<ExpressionPtr> arguments,
                     source::Span span);

  // The same, as written there.
  ExpressionPtr at(ExpressionPtr expression, source::Span span);
  // The same operation on other operands, folded again.
  ExpressionPtr with_arguments(ExpressionPtr expression, std::vector<ExpressionPtr> arguments);

  ExpressionPtr negation(ExpressionPtr operand, source::Span span);
  ExpressionPtr conjunction(ExpressionPtr left, ExpressionPtr right,
                            source::Span span);  // flattened
  ExpressionPtr disjunction(ExpressionPtr left, ExpressionPtr right, source::Span span);
  // Of many at once: of none, true and false.
  ExpressionPtr conjunction(const std::vector<ExpressionPtr>& parts, source::Span span);
  ExpressionPtr disjunction(const std::vector<ExpressionPtr>& parts, source::Span span);
  ExpressionPtr select(ExpressionPtr condition, ExpressionPtr then, ExpressionPtr otherwise,
                       source::Span span);

 private:
  ExpressionPtr logical(plan::Op op, const std::vector<ExpressionPtr>& parts, source::Span span);

  Arena& arena_;
  types::Types& types_;
};

}  // namespace aipol::ir
