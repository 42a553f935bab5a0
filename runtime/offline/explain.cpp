#include "runtime/offline/explain.h"

#include <algorithm>

#include <fmt/format.h>

#include "plan/interpret.h"

namespace aipol::offline {

namespace {

using plan::NodeId;
using plan::Phase;

bool holds(plan::Interpreter& interpreter, NodeId node, const plan::Facts& facts) {
  return interpreter.value(node, facts).a != 0;
}

std::string first_failing(const plan::Statement& statement, plan::Interpreter& interpreter,
                          const plan::Facts& facts) {
  for (const plan::Condition& condition : statement.conditions) {
    bool value = holds(interpreter, condition.node, facts);
    if (value != condition.wanted) return fmt::format("`{}` is {}", condition.text, value);
  }
  return {};
}

// Whether the phase was decided. A call whose answer was refused came to its end all the same.
bool reached(Phase phase, const decision::Decision& decision) {
  return decision.allowed || phase <= decision.phase || decision.phase == Phase::output;
}

}  // namespace

std::vector<Trace> explain(const decision::Evaluation& evaluation,
                           const decision::Decision& decision) {
  const decision::Program& program = evaluation.program();
  const plan::Plan& plan = program.plan();
  plan::Interpreter interpreter(plan);
  plan::Facts facts;
  AipolScratch scratch;
  std::vector<Trace> traces;
  for (const plan::Stage& stage : plan.stages) {
    bool come = reached(stage.phase, decision);
    bool of_candidates = stage.phase == Phase::target;
    if (come)
      program.facts().read(evaluation.call(), evaluation.around(), stage.demand, facts, scratch);
    for (uint32_t number : stage.statements) {
      Trace trace{number, come, false, {}};
      trace.fired =
          come && (std::ranges::binary_search(evaluation.fired(), number) ||
                   std::ranges::find(decision.refusing, number) != decision.refusing.end());
      if (come && !trace.fired && !of_candidates)
        trace.missed = first_failing(plan.statements[number], interpreter, facts);
      if (come && !trace.fired && of_candidates) trace.missed = "some model fulfils it";
      traces.push_back(std::move(trace));
    }
  }
  std::ranges::sort(traces, {}, &Trace::statement);
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
