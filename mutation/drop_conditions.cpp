// Operands of `and` and `or`, whole guards, and scopes.
#include <fmt/format.h>

#include "compiler/lint/walk.h"
#include "mutation/written.h"

namespace aipol::mutation {

namespace {

using ast::BinaryOperator;
using ast::ExpressionPtr;
using source::Span;

bool is_chain(BinaryOperator op) {
  return op == BinaryOperator::logical_and || op == BinaryOperator::logical_or;
}

// The operands of a chain of one operator, in their order. What stands in brackets is an operand.
void flatten(const Subject& subject, ExpressionPtr expression, BinaryOperator op,
             std::vector<ExpressionPtr>& out) {
  const auto* binary = std::get_if<ast::Binary>(&expression->node);
  if (binary == nullptr || binary->op != op) return out.push_back(expression);
  for (ExpressionPtr side : {binary->left, binary->right}) {
    if (subject.text(side->span).starts_with('('))
      out.push_back(side);
    else
      flatten(subject, side, op, out);
  }
}

void drop(const Subject& subject, Span cut, Span said, Mutants& out) {
  out.push_back({cut, "", {}, fmt::format("{} was dropped", quoted(subject.text(said)))});
}

// Each operand of the chain with the operator beside it.
void drop_operands(const Subject& subject, const ast::Expression& chain, BinaryOperator op,
                   Mutants& out) {
  std::vector<ExpressionPtr> operands;
  flatten(subject, &chain, op, operands);
  for (size_t i = 0; i < operands.size(); ++i) {
    Span own = operands[i]->span;
    Span cut = i == 0 ? Span{own.file, own.begin, operands[1]->span.begin}
                      : Span{own.file, operands[i - 1]->span.end, own.end};
    drop(subject, cut, own, out);
  }
}

// `inside`: the chain's operator around the expression, whose operands are that chain's.
void drop_within(const Subject& subject, ExpressionPtr expression,
                 std::optional<BinaryOperator> inside, Mutants& out) {
  const auto* binary = std::get_if<ast::Binary>(&expression->node);
  std::optional<BinaryOperator> chain;
  if (binary != nullptr && is_chain(binary->op)) chain = binary->op;
  bool bracketed = subject.text(expression->span).starts_with('(');
  if (chain && (chain != inside || bracketed)) drop_operands(subject, *expression, *chain, out);
  for (ExpressionPtr part : lint::parts_of(*expression)) drop_within(subject, part, chain, out);
}

}  // namespace

void drop_conditions(const Subject& subject, Mutants& out) {
  for (const ast::PolicyDeclaration* policy : subject.policies) {
    for (const ast::Scope& scope : policy->scopes) drop(subject, scope.span, scope.span, out);
    for (const ast::Statement& statement : policy->statements) {
      if (statement.condition == nullptr) continue;
      Span clause = when_clause(subject, statement);
      drop(subject, clause, clause, out);
    }
  }
  for (ExpressionPtr guard : subject.guards) drop_within(subject, guard, std::nullopt, out);
}

}  // namespace aipol::mutation
