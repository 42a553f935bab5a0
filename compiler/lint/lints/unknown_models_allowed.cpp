// A `route` that also serves models which the set does not declare, with every default.
#include <algorithm>

#include "compiler/lint/walk.h"

namespace aipol::lint {

namespace {

bool refuses_unknown(Context& context) {
  bool found = false;
  for (std::string_view effect : {"deny", "require"}) {
    each_statement(context, effect, [&](const auto& policy, const ast::Statement& statement) {
      auto asks = [&](ExpressionPtr part) { return reads(context, part, "model"); };
      found = found || std::ranges::any_of(expressions_of(statement), asks) ||
              std::ranges::any_of(conditions_of(policy, statement), asks);
    });
  }
  return found;
}

}  // namespace

void unknown_models_allowed(Context& context) {
  bool told = refuses_unknown(context);
  each_statement(context, "allow", [&](const auto& policy, const ast::Statement& statement) {
    told = told || std::ranges::any_of(conditions_of(policy, statement), [&](ExpressionPtr part) {
             return reads(context, part, "model");
           });
  });
  each_statement(context, "route", [&](const auto& policy, const ast::Statement& statement) {
    bool asked = std::ranges::any_of(conditions_of(policy, statement), [&](ExpressionPtr part) {
      return reads(context, part, "model");
    });
    if (told || asked) return;
    told = true;  // once is enough
    context.report(statement.effect.span, "this also serves models that the set does not declare")
        .help("refuse them: `require model.known else 404 \"unknown model\"`");
  });
}

}  // namespace aipol::lint
