#include "runtime/gateway/served.h"

#include <fmt/format.h>

#include <algorithm>

namespace aipol::gateway {

namespace {

// Fields that nothing fills while serving.
bool known_when_serving(const plan::Source& source) {
  constexpr std::string_view unknown[] = {"classifier.", "ai.tool.", "ai.documents"};
  return std::ranges::none_of(unknown,
                              [&](std::string_view path) { return source.path.starts_with(path); });
}

}  // namespace

Result<void> check_served(const plan::Plan& plan) {
  for (const plan::Statement& statement : plan.statements) {
    if (statement.shadow || statement.effect != plan::Effect::waf) continue;
    return failure(fmt::format("{}:{}: `{}` is not enforced by `aipol serve` yet",
                               statement.place.file, statement.place.line,
                               plan::name_of(statement.effect)));
  }
  for (const plan::Stage& stage : plan.stages) {
    for (plan::SourceId id : stage.demand) {
      if (known_when_serving(plan.sources[id])) continue;
      return failure(
          fmt::format("`{}` is not known to `aipol serve` yet", plan.sources[id].name()));
    }
  }
  return {};
}

}  // namespace aipol::gateway
