#include "runtime/offline/explain.h"

#include <algorithm>

#include "plan/dump.h"
#include "plan/interpret.h"

namespace aipol::offline {

namespace {

using plan::NodeId;
using plan::Op;

bool holds(plan::Interpreter& interpreter, NodeId node, const plan::Facts& facts) {
  return interpreter.value(node, facts).a != 0;
}

std::string first_failing(const plan::Plan& plan, plan::Interpreter& interpreter, NodeId guard,
                          const plan::Facts& facts) {
  if (plan.code[guard].op != Op::logical_and) return plan::text_of(plan, guard);
  for (NodeId part : plan.code.arguments(guard)) {
    if (!holds(interpreter, part, facts)) return plan::text_of(plan, part);
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
      if (reached && !trace.fired) trace.missed = first_failing(plan, interpreter, guard, facts);
      traces.push_back(std::move(trace));
    }
  }
  std::ranges::sort(traces, {}, &Trace::statement);
  return traces;
}

}  // namespace aipol::offline
