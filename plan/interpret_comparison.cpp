// Equality, order and ranges.
#include "plan/interpreter_frame.h"
#include "plan/ip.h"

namespace aipol::plan {

Rep member_rep(Rep list) { return list == Rep::texts ? Rep::text : Rep::integer; }

bool same_value(Rep rep, const AipolCell& a, const AipolCell& b) {
  switch (rep) {
    case Rep::real: return native::real_of(a) == native::real_of(b);
    case Rep::text: return native::text_of(a) == native::text_of(b);
    case Rep::ip: return a.a == b.a && a.b == b.b;
    case Rep::records: return a.b == b.b;
    case Rep::texts:
    case Rep::integers:
      return std::ranges::equal(native::list_of(a), native::list_of(b), [&](const AipolCell& x, const AipolCell& y) {
        return same_value(member_rep(rep), x, y);
      });
    default: return a.a == b.a;
  }
}

namespace {

// Below zero, zero, above, for a and b.
std::partial_ordering order(Frame& frame, NodeId node) {
  switch (frame.argument_rep(node, 0)) {
    case Rep::real: return frame.real(node, 0) <=> frame.real(node, 1);
    case Rep::text: return frame.text(node, 0) <=> frame.text(node, 1);
    default: return frame.integer(node, 0) <=> frame.integer(node, 1);
  }
}

}  // namespace

AipolCell interpret_equal(Frame& frame, NodeId node) {
  return native::cell_of(same_value(frame.argument_rep(node, 0), frame.argument(node, 0), frame.argument(node, 1)));
}

AipolCell interpret_less(Frame& frame, NodeId node) { return native::cell_of(order(frame, node) < 0); }
AipolCell interpret_less_equal(Frame& frame, NodeId node) { return native::cell_of(order(frame, node) <= 0); }

AipolCell interpret_in_range(Frame& frame, NodeId node) {
  int64_t value = frame.integer(node, 0);
  auto [low, high] = std::get<IntegerRange>(frame.plan.constants[frame.constant(node, 1)]);
  return native::cell_of(low <= high ? low <= value && value <= high : low <= value || value <= high);
}

AipolCell interpret_in_network(Frame& frame, NodeId node) {
  AipolCell address = frame.argument(node, 0);
  return native::cell_of(
      contains(std::get<Network>(frame.plan.constants[frame.constant(node, 1)]), Ip{address.a, address.b}));
}

}  // namespace aipol::plan
