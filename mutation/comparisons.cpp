#include "mutation/comparisons.h"

#include <fmt/format.h>

#include "compiler/lint/walk.h"

namespace aipol::mutation {

namespace {

using ast::BinaryOperator;

bool compares(BinaryOperator op) {
  return op >= BinaryOperator::equal && op <= BinaryOperator::like;
}

}  // namespace

void each_comparison(const Subject& subject,
                     const std::function<void(const ast::Expression&, const ast::Binary&)>& visit) {
  for (ast::ExpressionPtr guard : subject.guards) {
    lint::each_within(guard, [&](const ast::Expression& expression) {
      const auto* binary = std::get_if<ast::Binary>(&expression.node);
      if (binary != nullptr && compares(binary->op)) visit(expression, *binary);
    });
  }
}

void change_operator(const ast::Binary& comparison, std::string_view with, Mutants& out) {
  out.push_back({comparison.op_span,
                 std::string(with),
                 {},
                 fmt::format("`{}` became `{}`", ast::spelling(comparison.op), with)});
}

}  // namespace aipol::mutation
