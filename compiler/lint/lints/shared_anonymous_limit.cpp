// A limit by the caller's id where callers without an id are allowed: they all share one amount.
#include <algorithm>

#include "compiler/lint/walk.h"

namespace aipol::lint {

namespace {

bool asks_who(const Context& context, const ast::PolicyDeclaration& policy,
              const ast::Statement& statement) {
  auto asks = [&](ExpressionPtr part) {
    return reads(context, part, "principal") || reads(context, part, "granted");
  };
  return std::ranges::any_of(conditions_of(policy, statement), asks) ||
         std::ranges::any_of(expressions_of(statement), asks);
}

bool by_caller(const std::vector<ast::Part>& parts) {
  std::vector<ExpressionPtr> keys = values_after(parts, "by");
  return !keys.empty() && std::ranges::all_of(keys, [](ExpressionPtr key) {
    std::string text = dotted(*key);
    return text == "principal.id" || text == "principal.name" || text == "principal.tenant";
  });
}

}  // namespace

void shared_anonymous_limit(Context& context) {
  bool anyone = false, refused = false;
  each_statement(context, "allow", [&](const auto& policy, const ast::Statement& statement) {
    anyone = anyone || !asks_who(context, policy, statement);
  });
  for (std::string_view effect : {"deny", "require"}) {
    each_statement(context, effect, [&](const auto& policy, const ast::Statement& statement) {
      refused = refused || asks_who(context, policy, statement);
    });
  }
  if (!anyone || refused) return;
  each_statement(context, "limit", [&](const auto& policy, const ast::Statement& statement) {
    std::vector<ExpressionPtr> who = conditions_of(policy, statement);
    if (!by_caller(statement.parts) ||
        std::ranges::any_of(who, [&](auto part) { return reads(context, part, "principal"); }))
      return;
    context.report(statement.effect.span, "callers without an identity share one amount here")
        .help("refuse them, or add a key that they have: `by principal.id, request.ip`");
  });
}

}  // namespace aipol::lint
