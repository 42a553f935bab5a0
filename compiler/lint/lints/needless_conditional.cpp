// `if c then true else false`.
#include "compiler/lint/walk.h"

namespace aipol::lint {

void needless_conditional(Context& context) {
  each_node<ast::Conditional>(context, [&](const ast::Expression& expression,
                                           const ast::Conditional& node) {
    const auto* then = std::get_if<ast::BoolLiteral>(&node.then->node);
    const auto* otherwise = std::get_if<ast::BoolLiteral>(&node.otherwise->node);
    if (then == nullptr || otherwise == nullptr || then->value == otherwise->value) return;
    std::string_view condition = context.text(node.condition->span);
    context.report(expression.span, "this is its own condition{}", then->value ? "" : ", negated")
        .fix(expression.span,
             then->value ? fmt::format("({})", condition) : fmt::format("(not ({}))", condition));
  });
}

}  // namespace aipol::lint
