// An `allow` that neither a scope nor a condition limits: every request that nothing denies passes.
#include "compiler/lint/walk.h"

namespace aipol::lint {

void unconditional_allow(Context& context) {
  each_statement(context, "allow", [&](const auto& policy, const ast::Statement& statement) {
    if (!policy.scopes.empty() || statement.condition != nullptr) return;
    context.report(statement.effect.span, "this allows every request, also anonymous ones")
        .help("say for whom: `allow when principal.kind != anonymous`");
  });
}

}  // namespace aipol::lint
