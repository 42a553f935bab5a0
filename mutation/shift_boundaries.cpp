// `<` and `<=`, `>` and `>=`. Not where a fraction is compared: requests do not meet it exactly.
#include "mutation/comparisons.h"

namespace aipol::mutation {

namespace {

using ast::BinaryOperator;

std::string_view shifted(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::less:
      return "<=";
    case BinaryOperator::less_equal:
      return "<";
    case BinaryOperator::greater:
      return ">=";
    case BinaryOperator::greater_equal:
      return ">";
    default:
      return {};
  }
}

bool is_fraction(const ast::Expression& expression) {
  return std::holds_alternative<ast::FloatLiteral>(expression.node);
}

}  // namespace

void shift_boundaries(const Subject& subject, Mutants& out) {
  each_comparison(subject, [&](const ast::Expression&, const ast::Binary& comparison) {
    std::string_view with = shifted(comparison.op);
    if (with.empty() || is_fraction(*comparison.left) || is_fraction(*comparison.right)) return;
    change_operator(comparison, with, out);
  });
}

}  // namespace aipol::mutation
