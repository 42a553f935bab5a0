// `x == true`, `x != false` and the like.
#include "compiler/lint/walk.h"

namespace aipol::lint {

namespace {

const ast::BoolLiteral* literal(ExpressionPtr expression) {
  return std::get_if<ast::BoolLiteral>(&expression->node);
}

// What binds tighter than `not` and every operator.
bool is_operand(const ast::Expression& expression) {
  return std::holds_alternative<ast::Name>(expression.node) ||
         std::holds_alternative<ast::Field>(expression.node) ||
         std::holds_alternative<ast::Call>(expression.node);
}

}  // namespace

void comparison_with_bool(Context& context) {
  each_node<ast::Binary>(context, [&](const ast::Expression& expression, const ast::Binary& node) {
    bool equal = node.op == ast::BinaryOperator::equal;
    if (!equal && node.op != ast::BinaryOperator::not_equal) return;
    const ast::BoolLiteral* right = literal(node.right);
    const ast::BoolLiteral* value = right != nullptr ? right : literal(node.left);
    if (value == nullptr) return;
    ExpressionPtr other = right != nullptr ? node.left : node.right;
    bool wanted = value->value == equal;
    std::string better = fmt::format("{}{}", wanted ? "" : "not ", context.text(other->span));
    Diagnostic& diagnostic =
        context.report(expression.span, "a bool needs no comparison").help("write `{}`", better);
    if (is_operand(*other))
      diagnostic.fix(expression.span, in_place_of(context, expression, better));
  });
}

}  // namespace aipol::lint
