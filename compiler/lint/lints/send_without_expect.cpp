// A `send` whose decision no `expect` looks at, where nothing counts it either.
#include "compiler/lint/walk.h"

namespace aipol::lint {

void send_without_expect(Context& context) {
  bool counts = false;  // what is sent may fill a meter, a session or a cache
  each_declared<ast::MeterDeclaration>(context, [&](const auto&, const auto&) { counts = true; });
  for (std::string_view effect : {"limit", "cache", "tag"})
    each_statement(context, effect, [&](const auto&, const auto&) { counts = true; });
  if (counts) return;
  each_declared<ast::TestDeclaration>(context, [&](const auto&, const auto& test) {
    const ast::TestStep* open = nullptr;
    auto report = [&] {
      if (open != nullptr) context.report(open->span, "no `expect` looks at this `send`");
    };
    for (const ast::TestStep& step : test.steps) {
      if (std::holds_alternative<ast::SendStep>(step.node)) {
        report();
        open = &step;
      } else if (std::holds_alternative<ast::ExpectStep>(step.node)) {
        open = nullptr;
      }
    }
    report();
  });
}

}  // namespace aipol::lint
