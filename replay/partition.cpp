#include "replay/partition.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text_hash.h"
#include "runtime/context/header_fields.h"
#include "runtime/meters/key.h"

namespace aipol::replay {

namespace {

using plan::SourceId;

// A call has these before it is completed, and completing it does not change them.
bool can_part(std::string_view path) {
  return path == "principal.id" || path == "principal.tenant" || path == "principal.name" ||
         path == "request.ip" || (path.starts_with("principal.") && !field_named(path).has_value());
}

const plan::Source* source_at(const plan::Plan& plan, std::string_view path) {
  auto found = std::ranges::find(plan.sources, path, &plan::Source::path);
  return found == plan.sources.end() ? nullptr : &*found;
}

// Whether both sets tell the same values apart.
bool alike(const plan::Plan& one_plan, const plan::Source& one, const plan::Plan& other_plan,
           const plan::Source& other) {
  auto members = [](const plan::Plan& plan, const plan::Source& source) {
    return source.enumeration == ~0u ? std::vector<std::string>()
                                     : plan.enumerations[source.enumeration].members;
  };
  return one.rep == other.rep && one.optional == other.optional && one.unit == other.unit &&
         one.fallback == other.fallback && members(one_plan, one) == members(other_plan, other);
}

// MurmurHash3's last step: each bit of a text's hash reaches each bit of what shards and lanes are
// counted by. text_hash alone leaves the low ones nearly alike where only the ends of texts differ.
uint64_t mixed(uint64_t hash) {
  hash = (hash ^ hash >> 33) * 0xFF51AFD7ED558CCDull;
  hash = (hash ^ hash >> 33) * 0xC4CEB9FE1A85EC53ull;
  return hash ^ hash >> 33;
}

bool reads(const plan::Plan& plan, std::string_view path) {
  return std::ranges::any_of(plan.stages, [&](const plan::Stage& stage) {
    return std::ranges::any_of(stage.demand,
                               [&](SourceId source) { return plan.sources[source].path == path; });
  });
}

}  // namespace

void Partition::find_meters(const PolicySet& set, std::vector<State>& states) {
  const plan::Plan& plan = set.plan();
  const decision::Metering& metering = set.program->metering();
  for (uint32_t number = 0; number < plan.meters.size(); ++number) {
    const decision::MeterUse& use = metering.meters[number];
    bool limited = std::ranges::any_of(
        metering.limits, [&](const decision::LimitOf& limit) { return limit.meter == number; });
    if (!limited && !use.used && !use.compared) continue;
    State& state =
        states.emplace_back(State{fmt::format("the meter {}", plan.meters[number].name), {}});
    for (plan::NodeId key : plan.meters[number].keys) {
      if (plan.code[key].op != plan::Op::source) continue;
      const std::string& path = plan.sources[plan.code[key].payload].path;
      if (can_part(path)) state.keys.push_back(path);
    }
  }
}

void Partition::find_routes(const PolicySet& set, std::vector<State>& states) {
  const plan::Plan& plan = set.plan();
  for (const plan::Statement& statement : plan.statements) {
    if (statement.effect == plan::Effect::cache) states.push_back({"the cache", {}});
    if (statement.effect != plan::Effect::route || statement.shadow) continue;
    const plan::Argument* targets = decision::argument(statement, "targets");
    if (targets == nullptr || targets->values.size() > 1)
      states.push_back({fmt::format("how targets were doing, for the route at {}:{}",
                                    statement.place.file, statement.place.line),
                        {}});
  }
  for (std::string_view path :
       {"target.healthy", "target.latency_p95", "target.error_rate", "target.in_flight"}) {
    if (reads(plan, path)) states.push_back({std::string(path), {}});
  }
}

void Partition::find_states(const PolicySet& set, std::vector<State>& states) {
  find_meters(set, states);
  find_routes(set, states);
  if (reads(set.plan(), "session.tags")) states.push_back({"the tags of sessions", {}});
}

bool Partition::choose(const std::string& path, const PolicySet* from, const PolicySet& to) {
  const plan::Source* here = source_at(to.plan(), path);
  const plan::Source* there = from == nullptr ? nullptr : source_at(from->plan(), path);
  if (here != nullptr && there != nullptr && !alike(to.plan(), *here, from->plan(), *there))
    return false;
  set_ = here != nullptr ? &to : from;
  const plan::Source* source = here != nullptr ? here : there;
  source_ = static_cast<SourceId>(source - set_->plan().sources.data());
  by_ = path;
  return true;
}

Partition::Partition(const PolicySet* from, const PolicySet& to) {
  std::vector<State> states;
  if (from != nullptr) find_states(*from, states);
  find_states(to, states);
  if (states.empty()) return;
  std::vector<std::string> common = states.front().keys;
  for (const State& state : states) {
    std::erase_if(common, [&](const std::string& key) {
      return std::ranges::find(state.keys, key) == state.keys.end();
    });
  }
  for (const std::string& path : common) {
    if (!choose(path, from, to)) continue;
    order_ = Order::keyed;
    return;
  }
  order_ = Order::whole;
  std::vector<std::string> told;
  for (const State& state : states) {
    std::string one = state.keys.empty()
                          ? fmt::format("{} belongs to no one caller", state.what)
                          : fmt::format("{} is by {}", state.what, fmt::join(state.keys, ", "));
    if (std::ranges::find(told, one) == told.end()) told.push_back(std::move(one));
  }
  constexpr size_t few = 3;
  if (told.size() > few) told.resize(few);
  why_ = fmt::format("{}", fmt::join(told, "; "));
}

uint64_t Partition::hash(const Record& record, AipolScratch& scratch) const {
  scratch.reset();
  const plan::Plan& plan = set_->plan();
  const plan::Source& source = plan.sources[source_];
  context::Surroundings around;
  plan::Facts facts(1);
  facts[0] =
      set_->program->facts().read_one({record.call.call, around, plan, source, scratch}, source_);
  std::string key;
  if (facts[0].state == plan::Fact::State::present) {
    meters::append_key(key, facts[0].value, source.rep);
  } else if (source.fallback) {
    // As whoever has the value that stands for an absent one.
    plan::CellStore store;
    meters::append_key(key, store.cell(*source.fallback), source.rep);
  } else {
    meters::append_key(key, AipolCell{}, source.rep);
  }
  return mixed(text_hash(key));
}

}  // namespace aipol::replay
