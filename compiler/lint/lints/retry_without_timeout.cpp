// A route that tries again, but waits for each try as long as the gateway's own timeout.
#include "compiler/lint/walk.h"

namespace aipol::lint {

void retry_without_timeout(Context& context) {
  each_statement(context, "route", [&](const auto&, const ast::Statement& statement) {
    if (!has_word(statement.parts, "retry")) return;
    // `retry 2 on [timeout]` names it too; the option has a duration behind it.
    for (ExpressionPtr value : values_after(statement.parts, "timeout")) {
      if (value != nullptr) return;
    }
    context.report(statement.effect.span, "this tries again without a bound on one try")
        .help("add `timeout 20s`: callers wait for all tries together");
  });
}

}  // namespace aipol::lint
