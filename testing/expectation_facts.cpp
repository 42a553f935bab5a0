#include "testing/expectation_facts.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "base/check.h"
#include "runtime/context/fact_values.h"
#include "runtime/meters/key.h"

namespace aipol::testing {

namespace {

using context::integer;
using context::text;
using offline::Outcome;
using plan::Fact;

struct Reading {
  const plan::Plan& plan;
  const plan::Source& source;
  const Outcome& outcome;
  AipolScratch& scratch;
};

Fact member(const Reading& r, std::string_view name) {
  return integer(context::member(r.plan.enumerations[r.source.enumeration], name));
}

// A set of texts, which the fact owns.
Fact texts(const Reading& r, const std::set<std::string>& values) {
  auto* cells =
      reinterpret_cast<AipolCell*>(r.scratch.allocate((values.size() + 1) * sizeof(AipolCell)));
  size_t count = 0;
  for (const std::string& value : values) {
    auto* bytes = reinterpret_cast<char*>(r.scratch.allocate(value.size() + 1));
    std::ranges::copy(value, bytes);
    cells[count++] = text({bytes, value.size()}).value;
  }
  return {Fact::State::present, {reinterpret_cast<uint64_t>(cells), count}};
}

Fact deciding_policy(const Reading& r) {
  const decision::Decision& decision = r.outcome.decision;
  if (!decision.statement) return text("");
  return text(r.plan.policies[r.plan.statements[*decision.statement].policy].name);
}

Fact reasons(const Reading& r) {
  std::vector<std::string> all = reasons_of(r.plan, r.outcome.decision);
  return texts(r, {all.begin(), all.end()});
}

Fact alerts(const Reading& r) {
  std::set<std::string> all;
  for (const enforce::Alert& alert : r.outcome.alerts) all.insert(alert.text);
  return texts(r, all);
}

// Whether the statement is there to have no such effect.
bool is_nothing(const plan::Plan& plan, const plan::Statement& statement) {
  auto argument = [&](std::string_view name) {
    auto found = std::ranges::find(statement.arguments, name, &plan::Argument::name);
    return found == statement.arguments.end() ? nullptr : &*found;
  };
  if (statement.effect == plan::Effect::cache) return argument("off") != nullptr;
  if (statement.effect != plan::Effect::log) return false;
  const plan::Node& level = plan.code[argument("level")->values[0]];
  return plan.constants[level.payload] == plan::Constant(int64_t{0});
}

Fact effects(const Reading& r) {
  const decision::Decision& decision = r.outcome.decision;
  std::set<uint32_t> fired(decision.fired.begin(), decision.fired.end());
  fired.insert(decision.refusing.begin(), decision.refusing.end());
  std::set<plan::Effect> done, undone;
  for (uint32_t number : fired) {
    const plan::Statement& statement = r.plan.statements[number];
    if (statement.shadow) continue;
    (is_nothing(r.plan, statement) ? undone : done).insert(statement.effect);
  }
  if (undone.contains(plan::Effect::cache)) done.erase(plan::Effect::cache);
  auto* cells = reinterpret_cast<AipolCell*>(r.scratch.allocate((done.size() + 1) * sizeof(AipolCell)));
  size_t count = 0;
  for (int64_t kind = 0; kind < int64_t(std::size(plan::effect_names)); ++kind) {
    // Members stand in the enumeration's order, which sets keep.
    const std::string& name = r.plan.enumerations[r.source.enumeration].members[size_t(kind)];
    auto effect = std::ranges::find(plan::effect_names, name) - std::begin(plan::effect_names);
    if (done.contains(static_cast<plan::Effect>(effect))) cells[count++] = integer(kind).value;
  }
  return {Fact::State::present, {reinterpret_cast<uint64_t>(cells), count}};
}

template <class List>
Fact names(const Reading& r, const std::set<uint32_t>& numbers, const List& list) {
  std::set<std::string> all;
  for (uint32_t number : numbers) all.insert(list[number].name);
  return texts(r, all);
}

struct Row {
  std::string_view path;
  Fact (*read)(const Reading&);
};
constexpr Row rows[] = {
    {"decision.outcome",
     [](const Reading& r) { return member(r, r.outcome.decision.allowed ? "allow" : "deny"); }},
    {"decision.status", [](const Reading& r) { return integer(r.outcome.decision.status); }},
    {"decision.by", deciding_policy},
    {"decision.message", [](const Reading& r) { return text(r.outcome.decision.message); }},
    {"decision.phase",
     [](const Reading& r) {
       return member(r, plan::phase_names[static_cast<size_t>(r.outcome.decision.phase)]);
     }},
    {"decision.reasons", reasons},
    {"decision.shadow", [](const Reading& r) { return texts(r, r.outcome.shadow); }},
    {"decision.target", [](const Reading& r) { return text(r.outcome.target); }},
    {"decision.mirror", [](const Reading& r) { return text(r.outcome.mirror); }},
    {"decision.effects", effects},
    {"decision.alerts", alerts},
    {"audit.level",
     [](const Reading& r) {
       return member(r, enforce::log_level_names[static_cast<size_t>(r.outcome.record.level)]);
     }},
    {"audit.model", [](const Reading& r) { return text(r.outcome.record.model); }},
    {"audit.target", [](const Reading& r) { return text(r.outcome.record.target); }},
    {"audit.principal", [](const Reading& r) { return text(r.outcome.record.principal); }},
    {"audit.tags", [](const Reading& r) { return texts(r, r.outcome.record.tags); }},
    {"audit.sinks",
     [](const Reading& r) { return names(r, r.outcome.record.sinks, r.plan.deployment.sinks); }},
    {"audit.retain", [](const Reading& r) { return integer(r.outcome.record.retain); }},
    {"audit.redacted",
     [](const Reading& r) { return names(r, r.outcome.record.redacted, r.plan.detectors); }},
};

// Meters are read for the key of the call, which the interpreter computes.
class MeterReadings {
 public:
  MeterReadings(offline::Simulation& simulation, plan::Interpreter& interpreter)
      : simulation_(simulation), interpreter_(interpreter) {}

  std::vector<context::MeterReading> read(const plan::Facts& facts) {
    const decision::Program& program = simulation_.engine().program();
    std::vector<context::MeterReading> readings(program.plan().meters.size());
    for (uint32_t number = 0; number < readings.size(); ++number) {
      readings[number] = simulation_.engine().read(number, key(program.plan(), number, facts));
      plan::NodeId limit = program.metering().meters[number].limit;
      if (limit != plan::no_node) readings[number].limit = amount(program.plan(), limit, facts);
    }
    return readings;
  }

 private:
  std::string key(const plan::Plan& plan, uint32_t number, const plan::Facts& facts) {
    std::string key;
    for (plan::NodeId node : plan.meters[number].keys)
      meters::append_key(key, interpreter_.value(node, facts), plan.code[node].rep);
    return key;
  }
  int64_t amount(const plan::Plan& plan, plan::NodeId node, const plan::Facts& facts) {
    AipolCell cell = interpreter_.value(node, facts);
    if (plan.code[node].rep != plan::Rep::real) return static_cast<int64_t>(cell.a);
    return meters::amount_of(std::bit_cast<double>(cell.a));
  }

  offline::Simulation& simulation_;
  plan::Interpreter& interpreter_;
};

}  // namespace

std::vector<std::string> reasons_of(const plan::Plan& plan, const decision::Decision& decision) {
  std::set<std::string> names;
  auto add = [&](uint32_t statement) {
    names.insert(plan.policies[plan.statements[statement].policy].name);
  };
  if (decision.statement) add(*decision.statement);
  for (uint32_t statement : decision.refusing) add(statement);
  for (uint32_t statement : decision.fired) {
    const plan::Statement& fired = plan.statements[statement];
    if (decision.allowed && fired.effect == plan::Effect::allow && !fired.shadow) add(statement);
  }
  return {names.begin(), names.end()};
}

plan::Facts expectation_facts(offline::Simulation& simulation, const context::Call& decided,
                              const Outcome& outcome, plan::Interpreter& interpreter,
                              AipolScratch& scratch) {
  const decision::Program& program = simulation.engine().program();
  const plan::Plan& plan = program.plan();
  std::vector<plan::SourceId> all(plan.sources.size());
  std::iota(all.begin(), all.end(), 0u);
  context::Surroundings around = simulation.engine().surroundings();
  if (outcome.forwarded) around.forwarded = &*outcome.forwarded;
  plan::Facts facts(plan.sources.size());
  program.facts().read(decided, around, all, facts, scratch);
  std::vector<context::MeterReading> readings = MeterReadings(simulation, interpreter).read(facts);
  around.meters = readings;
  for (plan::SourceId id : all) {
    if (program.facts().meter_of(id))
      program.facts().read(decided, around, {&id, 1}, facts, scratch);
  }
  for (plan::SourceId id : all) {
    const Row* row = std::ranges::find(rows, plan.sources[id].path, &Row::path);
    if (row != std::end(rows)) facts[id] = row->read({plan, plan.sources[id], outcome, scratch});
  }
  return facts;
}

}  // namespace aipol::testing
