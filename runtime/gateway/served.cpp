#include "runtime/gateway/served.h"

#include <algorithm>

#include <fmt/format.h>

namespace aipol::gateway {

namespace {

bool decided_before_forwarding(const plan::Statement& statement) {
  bool decides = plan::refuses(statement.effect) || statement.effect == plan::Effect::allow;
  return decides && statement.phase <= plan::Phase::body;
}

// Fields that nothing fills while serving.
bool known_when_serving(const plan::Source& source) {
  constexpr std::string_view unknown[] = {"session.", "system.load", "system.in_flight", "meter.",
                                          "classifier.", "ai.tool.", "ai.documents",
                                          "request.country", "request.region"};
  return std::ranges::none_of(unknown, [&](std::string_view path) {
    return std::string_view(source.path).starts_with(path);
  });
}

}  // namespace

Result<void> check_served(const plan::Plan& plan) {
  for (const plan::Statement& statement : plan.statements) {
    if (statement.shadow || decided_before_forwarding(statement)) continue;
    return failure(fmt::format("{}:{}: `{}` is not enforced by `aipol serve` yet; `aipol test` and "
                               "`aipol eval` know it",
                               statement.place.file, statement.place.line,
                               plan::name_of(statement.effect)));
  }
  for (const plan::Stage& stage : plan.stages) {
    if (stage.phase > plan::Phase::body) continue;
    for (plan::SourceId id : stage.demand) {
      if (known_when_serving(plan.sources[id])) continue;
      return failure(fmt::format("`{}` is not known to `aipol serve` yet", plan.sources[id].name()));
    }
  }
  return {};
}

}  // namespace aipol::gateway
