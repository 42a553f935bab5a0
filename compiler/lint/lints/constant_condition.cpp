// A condition, or a part of one, that is written as true or false.
#include "compiler/lint/walk.h"

namespace aipol::lint {

namespace {

void look_at(Context& context, ExpressionPtr expression) {
  if (expression == nullptr) return;
  if (const auto* literal = std::get_if<ast::BoolLiteral>(&expression->node)) {
    context.report(expression->span, "this is always {}", literal->value);
    return;
  }
  const auto* binary = std::get_if<ast::Binary>(&expression->node);
  bool logical = binary != nullptr && (binary->op == ast::BinaryOperator::logical_and ||
                                       binary->op == ast::BinaryOperator::logical_or);
  bool equality = binary != nullptr && (binary->op == ast::BinaryOperator::equal ||
                                        binary->op == ast::BinaryOperator::not_equal ||
                                        binary->op == ast::BinaryOperator::less_equal ||
                                        binary->op == ast::BinaryOperator::greater_equal);
  if (logical) {
    look_at(context, binary->left);
    look_at(context, binary->right);
  } else if (equality && context.text(binary->left->span) == context.text(binary->right->span)) {
    context.report(expression->span, "both sides are the same, so that this is always {}",
                   binary->op != ast::BinaryOperator::not_equal);
  }
}

}  // namespace

void constant_condition(Context& context) {
  each_declared<ast::PolicyDeclaration>(
      context, [&](const auto&, const ast::PolicyDeclaration& policy) {
        for (const ast::Scope& scope : policy.scopes) {
          if (const auto* when = std::get_if<ast::WhenScope>(&scope.node))
            look_at(context, when->condition);
        }
        for (const ast::Statement& statement : policy.statements)
          look_at(context, statement.condition);
      });
}

}  // namespace aipol::lint
