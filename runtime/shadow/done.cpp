#include "runtime/shadow/done.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "runtime/decision/metering.h"

namespace aipol::shadow {

namespace {

// What is compared otherwise, or is no effect of its own.
bool told_elsewhere(plan::Effect effect) {
  using enum plan::Effect;
  constexpr plan::Effect all[] = {allow, deny, require, limit, route, tag};
  return std::ranges::find(all, effect) != std::end(all);
}

// By what it does, not by who does it.
std::string effect_of(const plan::Plan& plan, const plan::Statement& statement) {
  std::string out(plan::name_of(statement.effect));
  const plan::Argument* detectors = decision::argument(statement, "detectors");
  if (detectors == nullptr) return out;
  for (const plan::NodeId node : detectors->values) {
    const auto number = std::get<int64_t>(plan.constants[plan.code[node].payload]);
    out += ' ';
    out += plan.detectors[number].name;
  }
  return out;
}

}  // namespace

Done done_of(const plan::Plan& plan, const decision::Decision& decision,
             std::span<const uint32_t> fired, std::string_view target, bool cached,
             const enforce::Record& record) {
  Done done;
  done.allowed = decision.allowed;
  done.status = decision.allowed ? 200 : decision.status;
  if (decision.statement) {
    const plan::Statement& statement = plan.statements[*decision.statement];
    done.policy = plan.policies[statement.policy].name;
    done.statement = fmt::format("{}:{}", statement.place.file, statement.place.line);
  }
  if (!decision.allowed) return done;
  done.target = target;
  done.cached = cached;
  std::set<std::string> effects;
  for (const uint32_t number : fired) {
    const plan::Statement& statement = plan.statements[number];
    if (!statement.shadow && !told_elsewhere(statement.effect))
      effects.insert(effect_of(plan, statement));
  }
  done.effects.assign(effects.begin(), effects.end());
  done.tags.assign(record.tags.begin(), record.tags.end());
  return done;
}

std::optional<std::string_view> difference(const Done& before, const Done& after) {
  if (before.allowed != after.allowed) return "decision";
  if (!before.allowed)
    return before.policy == after.policy && before.status == after.status
               ? std::nullopt
               : std::optional<std::string_view>("refusal");
  if (before.cached != after.cached) return "cached";
  if (!before.cached && before.target != after.target) return "target";
  if (before.effects != after.effects) return "effects";
  if (before.tags != after.tags) return "tags";
  return std::nullopt;
}

}  // namespace aipol::shadow
