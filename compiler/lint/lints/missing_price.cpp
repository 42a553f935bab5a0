// A model without a price in a set that counts money: it would count as free.
#include "compiler/lint/walk.h"

namespace aipol::lint {

void missing_price(Context& context) {
  std::optional<Span> budget;
  each_declared<ast::MeterDeclaration>(context, [&](const auto&, const auto& meter) {
    if (!budget && has_word(meter.parts, "usd")) budget = meter.name.span;
  });
  each_statement(context, "limit", [&](const auto&, const ast::Statement& statement) {
    if (!budget && has_word(statement.parts, "usd")) budget = statement.effect.span;
  });
  each_node<ast::Field>(context, [&](const ast::Expression& expression, const auto&) {
    if (!budget && dotted(expression) == "usage.cost") budget = expression.span;
  });
  if (!budget) return;
  each_declared<ast::BlockDeclaration>(context, [&](const auto&, const auto& block) {
    if (block.keyword.text != "model" || setting(block.settings, "price") != nullptr) return;
    context
        .report(block.label_span, "the model `{}` has no price, so that it counts as free",
                block.label.value_or(""))
        .label(*budget, "money is counted here")
        .help(
            "`price: {{ input: $2.50, output: $10 }}`, per million tokens; `price: {{}}` if it is "
            "free");
  });
}

}  // namespace aipol::lint
