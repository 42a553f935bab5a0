#include "runtime/offline/explain.h"

#include <fmt/format.h>

#include <algorithm>

#include "plan/interpret.h"

namespace aipol::offline {

namespace {

using plan::NodeId;

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

}  // namespace

std::vector<Trace> explain(const decision::Program& program, const context::Call& call,
                           const decision::Decision& decision) {
  const plan::Plan& plan = program.plan();
  plan::Interpreter interpreter(plan);
  plan::Facts facts;
  AipolScratch scratch;
  std::vector<Trace> traces;
  for (const plan::Stage& stage : plan.stages) {
    bool reached = stage.phase <= decision.phase;
    if (reached) program.facts().read(call, stage.demand, facts, scratch);
    for (uint32_t number : stage.statements) {
      Trace trace{number, reached, false, {}};
      NodeId guard = plan.statements[number].guard;
      trace.fired = reached && holds(interpreter, guard, facts);
      if (reached && !trace.fired)
        trace.missed = first_failing(plan.statements[number], interpreter, facts);
      traces.push_back(std::move(trace));
    }
  }
  std::ranges::sort(traces, {}, &Trace::statement);
  return traces;
}

}  // namespace aipol::offline
