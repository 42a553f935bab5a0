// Whom a call is tried on.
#include <algorithm>

#include <fmt/format.h>

#include "base/text_hash.h"
#include "runtime/enforce/arguments.h"
#include "runtime/enforce/passage.h"
#include "runtime/meters/key.h"

namespace aipol::enforce {

using decision::Decision;
using plan::Phase;

namespace {

route::Retried retried_of(const Arguments& arguments) {
  if (!arguments.has("retried")) return route::retried_by_default();
  route::Retried out{{}, false};
  for (const std::string& failure : arguments.texts("retried")) {
    if (failure == "timeout") {
      out.timeout = true;
    } else if (failure.ends_with("xx")) {
      int64_t hundreds = failure[0] - '0';
      out.statuses.push_back({hundreds * 100, hundreds * 100 + 99});
    } else {
      int64_t status = std::stoi(failure);
      out.statuses.push_back({status, status});
    }
  }
  return out;
}

route::Strategy strategy_named(std::string_view name) {
  const auto* found = std::ranges::find(route::strategy_names, name);
  return static_cast<route::Strategy>(found - std::begin(route::strategy_names));
}

uint64_t hash_of(const plan::Constant& value, plan::Rep rep) {
  std::string key;
  plan::CellStore store;
  meters::append_key(key, store.cell(value), rep);
  return text_hash(key);
}

}  // namespace

route::Options Passage::route_options() const {
  route::Options options;
  if (!evaluation_.route()) return options;
  Arguments arguments(evaluation_, *evaluation_.route());
  if (arguments.has("weights")) options.strategy = route::Strategy::weight;
  if (arguments.has("strategy")) options.strategy = strategy_named(arguments.text("strategy"));
  if (arguments.has("sticky")) {
    options.strategy = route::Strategy::sticky;
    plan::NodeId node = decision::argument(arguments.statement(), "sticky")->values[0];
    if (const plan::Constant* key = arguments.value("sticky"))
      options.sticky_key = hash_of(*key, engine_.plan().code[node].rep);
  }
  options.retries = static_cast<uint32_t>(arguments.integer("retries"));
  options.breaker = {static_cast<uint32_t>(arguments.integer("failures")),
                     arguments.integer("pause")};
  if (arguments.has("mirror"))
    options.mirror = route::Mirror{static_cast<uint32_t>(arguments.integer("mirror")),
                                   arguments.real("mirrored", 1)};
  return options;
}

// The route's targets, or the asked model alone.
std::vector<route::Candidate> Passage::candidates(const context::Usage& estimate) {
  const std::vector<plan::Model>& models = engine_.plan().deployment.models;
  std::vector<uint32_t> numbers;
  std::vector<int64_t> weights;
  if (!evaluation_.route()) {
    const plan::Model* asked = engine_.program().model(call_.model_name);
    if (asked != nullptr) numbers.push_back(static_cast<uint32_t>(asked - models.data()));
  } else {
    Arguments arguments(evaluation_, *evaluation_.route());
    for (int64_t model : arguments.integers("targets"))
      numbers.push_back(static_cast<uint32_t>(model));
    for (uint32_t i = 0; arguments.has("any") && i < models.size(); ++i) numbers.push_back(i);
    weights = arguments.integers("weights");
  }
  // Prices tell models apart also where nothing is known of the length.
  context::Usage compared = estimate;
  if (estimate.input_tokens + estimate.output_tokens == 0)
    compared.input_tokens = compared.output_tokens = 1;
  std::vector<route::Candidate> out;
  for (size_t i = 0; i < numbers.size(); ++i) {
    route::Candidate candidate;
    candidate.target = numbers[i];
    candidate.identity = text_hash(models[numbers[i]].name);
    if (i < weights.size()) candidate.weight = static_cast<uint32_t>(weights[i]);
    candidate.price = engine_.cost(numbers[i], compared);
    out.push_back(candidate);
  }
  return out;
}

Decision Passage::without_target(route::Emptied why, uint32_t statement) const {
  if (why == route::Emptied::where)
    return decision::refused(Phase::target, 503, "no model can answer this request now");
  const plan::Statement& refusing = engine_.plan().statements[statement];
  Decision out = decision::refused(Phase::target, refusing.status, target_message_);
  out.statement = statement;
  out.refusing = {statement};
  return out;
}

// Whether a `require` removes the target from all that get the request.
bool Passage::removed(uint32_t target) {
  route::TargetState state = engine_.targets().state(target);
  return evaluation_
      .candidate({target, state.healthy, state.latency_p95, state.error_rate, state.in_flight})
      .refusing.has_value();
}

std::optional<Decision> Passage::choose(const context::Usage& estimate) {
  std::vector<route::Candidate> all = candidates(estimate);
  if (all.empty() && !evaluation_.route()) return std::nullopt;  // it needs no model
  std::vector<route::TargetState> states;
  uint32_t least = ~0u;
  for (route::Candidate& candidate : all) {
    route::TargetState state = engine_.targets().state(candidate.target);
    auto opinion = evaluation_.candidate(
        {candidate.target, state.healthy, state.latency_p95, state.error_rate, state.in_flight});
    candidate.wanted = opinion.wanted;
    if (opinion.refusing) {
      candidate.refusing = *opinion.refusing;
      candidate.rank = engine_.plan().statements[*opinion.refusing].rank;
      if (opinion.wanted && candidate.rank < least) {
        least = candidate.rank;
        target_message_ = std::move(opinion.message);
      }
    }
    for (uint32_t number : opinion.fired) {
      if (engine_.plan().statements[number].shadow) shadow_fired_.insert(number);
    }
    states.push_back(state);
  }
  route::Turns none;
  route::Turns& turns = evaluation_.route() ? engine_.turns(*evaluation_.route()) : none;
  route::Options options = route_options();
  if (options.mirror && removed(options.mirror->target)) options.mirror.reset();
  attempts_ = route::plan_attempts(all, options, states, engine_.world().clock.now(), turns);
  if (away_) return unreachable(Phase::target);
  if (attempts_.emptied != route::Emptied::no) {
    Decision out = without_target(attempts_.emptied, attempts_.statement);
    out.fired = evaluation_.fired();
    return out;
  }
  retried_ = route::retried_by_default();
  if (evaluation_.route()) {
    Arguments arguments(evaluation_, *evaluation_.route());
    retried_ = retried_of(arguments);
    if (arguments.has("timeout")) attempt_timeout_ = arguments.integer("timeout");
  }
  return std::nullopt;
}

}  // namespace aipol::enforce
