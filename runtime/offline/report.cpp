#include "runtime/offline/report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/overloaded.h"
#include "plan/written.h"

namespace aipol::offline {

using decision::Decision;
using json = nlohmann::ordered_json;

namespace {

json statement_json(const plan::Plan& plan, uint32_t number) {
  const plan::Statement& statement = plan.statements[number];
  return {{"policy", plan.policies[statement.policy].name},
          {"effect", plan::effect_names[static_cast<size_t>(statement.effect)]},
          {"file", statement.place.file},
          {"line", statement.place.line}};
}

// "to gpt-4o-mini, amount $5": words of the syntax stand for themselves.
std::string arguments_text(const plan::Plan& plan, const Applied& effect) {
  std::string text;
  for (const Applied::Argument& argument : effect.arguments) {
    text += (text.empty() ? "" : ", ") + argument.name;
    for (const plan::Constant& value : argument.values)
      text += " " + plan::written(plan, value, argument.unit, argument.enumeration);
  }
  return text;
}

std::string trace_text(const plan::Plan& plan, const Trace& trace, const Explained& explained) {
  const plan::Statement& statement = plan.statements[trace.statement];
  std::string who = fmt::format("{}:{}: {} of {}", statement.place.file, statement.place.line,
                                plan::effect_names[static_cast<size_t>(statement.effect)],
                                plan.policies[statement.policy].name);
  if (!trace.reached) return fmt::format("  - {}: not reached\n", who);
  if (trace.fired) {
    auto effect = std::ranges::find(explained.effects, trace.statement, &Applied::statement);
    std::string with = effect == explained.effects.end() ? "" : arguments_text(plan, *effect);
    return fmt::format("  * {}: applies{}{}\n", who, with.empty() ? "" : ", with ", with);
  }
  return fmt::format("  - {}: does not apply, {}\n", who, trace.missed);
}

json value_json(const plan::Plan& plan, const plan::Constant& value,
                const Applied::Argument& argument) {
  auto integer = [&](int64_t number) {
    bool plain = argument.unit == plan::Unit::none && argument.enumeration == ~0u;
    if (plain) return json(number);
    if (argument.enumeration == ~0u) return json(plan::written(number, argument.unit));
    return json(plan.enumerations[argument.enumeration].members[static_cast<size_t>(number)]);
  };
  return std::visit(
      Overloaded{[](bool v) { return json(v); }, integer, [](double v) { return json(v); },
                 [](const std::string& v) { return json(v); },
                 [](const std::vector<std::string>& v) { return json(v); },
                 [&](const auto&) {
                   return json(plan::written(plan, value, argument.unit, argument.enumeration));
                 }},
      value);
}

// One that takes several values is a list of them.
bool is_list(std::string_view argument) {
  return argument == "targets" || argument == "sinks" || argument == "detectors" ||
         argument == "keys" || argument == "weights";
}

json argument_json(const plan::Plan& plan, const Applied::Argument& argument) {
  if (argument.values.empty()) return true;
  if (!is_list(argument.name)) return value_json(plan, argument.values[0], argument);
  json list = json::array();
  for (const plan::Constant& value : argument.values)
    list.push_back(value_json(plan, value, argument));
  return list;
}

// By effect, each that applies: {"route":[{"policy":"…","targets":["gpt-4o-mini"]}]}.
json effects_json(const plan::Plan& plan, const std::vector<Applied>& effects) {
  json out = json::object();
  for (const Applied& effect : effects) {
    const plan::Statement& statement = plan.statements[effect.statement];
    json one = statement_json(plan, effect.statement);
    one.erase("effect");
    if (statement.shadow) one["shadow"] = true;
    for (const Applied::Argument& argument : effect.arguments)
      one[argument.name] = argument_json(plan, argument);
    out[std::string(plan::name_of(statement.effect))].push_back(std::move(one));
  }
  return out;
}

}  // namespace

Explained explained(const Simulation& simulation, const Outcome& outcome, bool statements) {
  Explained out;
  if (simulation.evaluation() == nullptr) return out;
  if (statements) out.traces = explain(simulation, outcome.decision);
  out.effects = applied(*simulation.evaluation());
  return out;
}

std::string decision_text(const plan::Plan& plan, const Outcome& outcome,
                          const Explained& explained) {
  const Decision& decision = outcome.decision;
  std::string by;
  if (decision.statement) {
    const plan::Statement& statement = plan.statements[*decision.statement];
    by = fmt::format(" by {} ({}:{})", plan.policies[statement.policy].name, statement.place.file,
                     statement.place.line);
  }
  std::string text = decision.allowed
                         ? fmt::format("allow{}\n", by)
                         : fmt::format("deny {}{}: {}\n", decision.status, by, decision.message);
  if (outcome.cached && !explained.traces.empty()) text += "  answered from the cache\n";
  for (const Trace& trace : explained.traces) text += trace_text(plan, trace, explained);
  return text;
}

std::string decision_json(const plan::Plan& plan, const Outcome& outcome,
                          const Explained& explained) {
  const Decision& decision = outcome.decision;
  json out = {{"decision", decision.allowed ? "allow" : "deny"}, {"status", decision.status}};
  out["policy"] = "";
  if (decision.statement) {
    json by = statement_json(plan, *decision.statement);
    out["policy"] = by["policy"];
    out["file"] = by["file"];
    out["line"] = by["line"];
  }
  out["message"] = decision.message;
  out["phase"] = plan::phase_names[static_cast<size_t>(decision.phase)];
  out["fired"] = json::array();
  for (uint32_t statement : decision.fired) out["fired"].push_back(statement_json(plan, statement));
  if (!outcome.target.empty()) out["target"] = outcome.target;
  if (outcome.cached) out["cached"] = true;
  if (decision.retry_after)
    out["retry_after"] = plan::written(*decision.retry_after, plan::Unit::nanoseconds);
  if (!outcome.shadow.empty()) out["shadow"] = outcome.shadow;
  out["effects"] = effects_json(plan, explained.effects);
  out["undetermined"] = json::array();
  for (const Trace& trace : explained.traces) {
    json one = statement_json(plan, trace.statement);
    one["reached"] = trace.reached;
    one["fired"] = trace.fired;
    if (!trace.missed.empty()) one["missed"] = trace.missed;
    out["trace"].push_back(std::move(one));
  }
  return out.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace aipol::offline
