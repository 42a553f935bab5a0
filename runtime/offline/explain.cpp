#include "runtime/offline/explain.h"

#include <algorithm>

#include <fmt/format.h>

#include "plan/interpret.h"
#include "runtime/offline/decided_stages.h"

namespace aipol::offline {

namespace {

using plan::NodeId;

bool holds(plan::Interpreter& interpreter, NodeId node, const plan::Facts& facts) {
  return interpreter.value(node, facts).a != 0;
}

// Looks for the part of the guard that failed.
void find_missed(const plan::Statement& statement, plan::Interpreter& interpreter,
                 const plan::Facts& facts, Trace& trace) {
  trace.missed.clear();
  trace.held = 0;
  for (const plan::Condition& condition : statement.conditions) {
    bool value = holds(interpreter, condition.node, facts);
    if (value != condition.wanted) {
      trace.missed = fmt::format("`{}` is {}", condition.text, value);
      return;
    }
    ++trace.held;
  }
}

}  // namespace

std::vector<Trace> explain(const Simulation& simulation, const decision::Decision& decision) {
  const decision::Evaluation* evaluation = simulation.evaluation();
  if (evaluation == nullptr) return {};
  const plan::Plan& plan = evaluation->program().plan();
  plan::Interpreter interpreter(plan);
  std::vector<Trace> traces(plan.statements.size());
  for (uint32_t number = 0; number < traces.size(); ++number) {
    bool fired = std::ranges::binary_search(evaluation->fired(), number) ||
                 std::ranges::find(decision.refusing, number) != decision.refusing.end();
    plan::Phase phase = plan.statements[number].phase;
    traces[number] = {number, reached(phase, decision), fired, {}, 0};
    if (phase == plan::Phase::target) traces[number].missed = "no model was asked about";
  }
  each_decided_stage(simulation, decision, [&](const plan::Stage& stage, const plan::Facts& facts) {
    for (uint32_t number : stage.statements) {
      Trace& trace = traces[number];
      if (trace.fired) continue;
      find_missed(plan.statements[number], interpreter, facts, trace);
      // What holds for one of the models that were asked about applies to that one.
      if (stage.phase == plan::Phase::target) trace.fired = trace.missed.empty();
    }
  });
  return traces;
}

namespace {

// Arguments that hold numbers of declared things, and what those are called.
std::optional<std::string> name_of(const plan::Plan& plan, std::string_view argument,
                                   int64_t number) {
  auto at = static_cast<size_t>(number);
  if (argument == "targets" || argument == "mirror") return plan.deployment.models[at].name;
  if (argument == "meter") return plan.meters[at].name;
  if (argument == "sinks") return plan.deployment.sinks[at].name;
  if (argument == "detectors") return plan.detectors[at].name;
  return std::nullopt;
}

Applied::Argument value_of(const decision::Evaluation& evaluation, const plan::Argument& argument) {
  Applied::Argument out{argument.name, {}, argument.unit, argument.enumeration};
  for (NodeId node : argument.values) {
    const plan::Constant* value = evaluation.value(node);
    if (value == nullptr) continue;
    const auto* number = std::get_if<int64_t>(value);
    std::optional<std::string> name =
        number == nullptr ? std::nullopt
                          : name_of(evaluation.program().plan(), argument.name, *number);
    out.values.push_back(name ? plan::Constant(*name) : *value);
  }
  return out;
}

}  // namespace

std::vector<Applied> applied(const decision::Evaluation& evaluation) {
  const plan::Plan& plan = evaluation.program().plan();
  std::vector<Applied> all;
  for (uint32_t number : evaluation.fired()) {
    const plan::Statement& statement = plan.statements[number];
    if (plan::refuses(statement.effect) || statement.effect == plan::Effect::allow) continue;
    Applied& out = all.emplace_back(Applied{number, {}});
    for (const plan::Argument& argument : statement.arguments) {
      Applied::Argument value = value_of(evaluation, argument);
      if (argument.values.empty() || !value.values.empty())
        out.arguments.push_back(std::move(value));
    }
  }
  return all;
}

}  // namespace aipol::offline
