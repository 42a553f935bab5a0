// Arithmetic of integers and reals.
#include "plan/interpreter_frame.h"

namespace aipol::plan {

namespace {

AipolCell binary(Frame& frame, NodeId node, int64_t (*integers)(int64_t, int64_t), double (*reals)(double, double)) {
  if (frame.plan.code[node].rep == Rep::integer) {
    return native::cell_of(integers(frame.integer(node, 0), frame.integer(node, 1)));
  }
  return native::cell_of(finite(reals(frame.real(node, 0), frame.real(node, 1))));
}

}  // namespace

AipolCell interpret_add(Frame& frame, NodeId node) {
  return binary(frame, node, saturating_add, [](double a, double b) { return a + b; });
}
AipolCell interpret_subtract(Frame& frame, NodeId node) {
  return binary(frame, node, saturating_subtract, [](double a, double b) { return a - b; });
}
AipolCell interpret_multiply(Frame& frame, NodeId node) {
  return binary(frame, node, saturating_multiply, [](double a, double b) { return a * b; });
}
AipolCell interpret_divide(Frame& frame, NodeId node) {
  return binary(frame, node, saturating_divide, [](double a, double b) { return a / b; });
}
AipolCell interpret_remainder(Frame& frame, NodeId node) {
  return native::cell_of(total_remainder(frame.integer(node, 0), frame.integer(node, 1)));
}

AipolCell interpret_negate(Frame& frame, NodeId node) {
  if (frame.plan.code[node].rep == Rep::integer) return native::cell_of(saturating_subtract(0, frame.integer(node, 0)));
  return native::cell_of(-frame.real(node, 0));
}

AipolCell interpret_to_real(Frame& frame, NodeId node) {
  return native::cell_of(static_cast<double>(frame.integer(node, 0)));
}

AipolCell interpret_to_integer(Frame& frame, NodeId node) {
  return native::cell_of(to_integer(frame.real(node, 0)));
}

}  // namespace aipol::plan
