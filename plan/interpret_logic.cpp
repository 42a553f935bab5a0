// Leaves, logic, calls.
#include "plan/interpreter_frame.h"

namespace aipol::plan {

AipolCell interpret_constant(Frame& frame, NodeId node) { return frame.constants[frame.plan.code[node].payload]; }

AipolCell interpret_source(Frame& frame, NodeId node) {
  return frame.defaults.value(frame.plan, *frame.facts, frame.plan.code[node].payload);
}

AipolCell interpret_has(Frame& frame, NodeId node) {
  return native::cell_of(Defaults::present(frame.plan, *frame.facts, frame.plan.code[node].payload));
}

AipolCell interpret_logical_not(Frame& frame, NodeId node) {
  return native::cell_of(!frame.truth(frame.plan.code.argument(node, 0)));
}

AipolCell interpret_logical_and(Frame& frame, NodeId node) {
  auto operands = frame.plan.code.arguments(node);
  return native::cell_of(std::ranges::all_of(operands, [&](NodeId operand) { return frame.truth(operand); }));
}

AipolCell interpret_logical_or(Frame& frame, NodeId node) {
  auto operands = frame.plan.code.arguments(node);
  return native::cell_of(std::ranges::any_of(operands, [&](NodeId operand) { return frame.truth(operand); }));
}

AipolCell interpret_select(Frame& frame, NodeId node) {
  return frame.argument(node, frame.truth(frame.plan.code.argument(node, 0)) ? 1 : 2);
}

AipolCell interpret_call(Frame& frame, NodeId node) {
  std::vector<AipolCell> arguments;
  for (NodeId argument : frame.plan.code.arguments(node)) arguments.push_back(frame.value(argument));
  AipolCell result{};
  frame.natives[frame.plan.code[node].payload]->function(arguments.data(), &result, &frame.scratch);
  return result;
}

}  // namespace aipol::plan
