#include <algorithm>

#include "compiler/check/statement.h"

namespace aipol::check {

void check_sinks(StatementCheck& check) {
  const std::vector<plan::Sink>& sinks = check.checker.set.deployment.sinks;
  std::vector<int64_t> numbers;
  for (ast::ExpressionPtr given : check.slots.values("sinks")) {
    std::string_view name = check.checker.text(given->span);
    auto found = std::ranges::find(sinks, name, &plan::Sink::name);
    if (found != sinks.end()) {
      numbers.push_back(found - sinks.begin());
      continue;
    }
    std::vector<std::string> known;
    for (const plan::Sink& sink : sinks) known.push_back(sink.name);
    check.checker.report(given->span, diagnostics::not_a_sink, name).suggest(name, known);
    check.failed = true;
  }
  if (!numbers.empty()) check.numbers("sinks", numbers, check.out.span);
}

void check_alert(StatementCheck& check) {
  check.argument("text", check.checker.simple(Kind::string));
  check_sinks(check);
  check.bounded("every", check.checker.simple(Kind::duration), "more than nothing", 1, INT64_MAX);
}

}  // namespace aipol::check
