#include <fmt/format.h>

#include "mutation/comparisons.h"
#include "mutation/written.h"

namespace aipol::mutation {

namespace {

using ast::BinaryOperator;

// Empty where there is no opposite operator.
std::string_view opposite(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::equal:
      return "!=";
    case BinaryOperator::not_equal:
      return "==";
    case BinaryOperator::less:
      return ">=";
    case BinaryOperator::less_equal:
      return ">";
    case BinaryOperator::greater:
      return "<=";
    case BinaryOperator::greater_equal:
      return "<";
    case BinaryOperator::in:
      return "not in";
    case BinaryOperator::not_in:
      return "in";
    default:
      return {};
  }
}

}  // namespace

void flip_comparisons(const Subject& subject, Mutants& out) {
  each_comparison(subject, [&](const ast::Expression& expression, const ast::Binary& comparison) {
    std::string_view with = opposite(comparison.op);
    if (!with.empty()) return change_operator(comparison, with, out);
    out.push_back({expression.span,
                   fmt::format("({})", negated(subject, expression)),
                   {},
                   fmt::format("{} was negated", quoted(subject.text(expression.span)))});
  });
}

}  // namespace aipol::mutation
