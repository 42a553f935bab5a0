// `not (a == b)`, `not (a in b)` and `not not a`, which have words of their own.
#include "compiler/lint/walk.h"

namespace aipol::lint {

namespace {

std::optional<std::string_view> opposite(ast::BinaryOperator op) {
  switch (op) {
    case ast::BinaryOperator::equal:
      return "!=";
    case ast::BinaryOperator::not_equal:
      return "==";
    case ast::BinaryOperator::in:
      return "not in";
    case ast::BinaryOperator::not_in:
      return "in";
    default:
      return std::nullopt;
  }
}

}  // namespace

void negated_comparison(Context& context) {
  each_node<ast::Unary>(context, [&](const ast::Expression& expression, const ast::Unary& unary) {
    if (unary.op != ast::UnaryOperator::logical_not) return;
    const auto* again = std::get_if<ast::Unary>(&unary.operand->node);
    if (again != nullptr && again->op == ast::UnaryOperator::logical_not) {
      context.report(expression.span, "two `not` undo each other")
          .fix(expression.span,
               in_place_of(context, expression, std::string(context.text(again->operand->span))));
      return;
    }
    const auto* binary = std::get_if<ast::Binary>(&unary.operand->node);
    std::optional<std::string_view> word = binary ? opposite(binary->op) : std::nullopt;
    if (!word) return;
    context.report(expression.span, "this is `{}` said in a roundabout way", *word)
        .fix(expression.span, in_place_of(context, expression,
                                          fmt::format("{} {} {}", context.text(binary->left->span),
                                                      *word, context.text(binary->right->span))));
  });
}

}  // namespace aipol::lint
