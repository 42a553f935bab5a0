// Loops over lists.
#include "plan/interpreter_frame.h"

namespace aipol::plan {

namespace {

// Visits the body's value for each item, until the visitor has enough.
template <class Visit>
void each(Frame& frame, NodeId node, Visit visit) {
  uint32_t level = frame.plan.code[node].payload;
  uint64_t size = frame.argument(node, 0).b;
  NodeId body = frame.plan.code.argument(node, 1);
  uint64_t outer = frame.at[level];
  frame.forget(level);  // what a loop around this one, of the same level, has made known
  for (uint64_t i = 0; i < size; ++i) {
    frame.at[level] = i;
    bool more = visit(frame.truth(body));
    frame.forget(level);
    if (!more) break;
  }
  frame.at[level] = outer;
}

}  // namespace

AipolCell interpret_any_of(Frame& frame, NodeId node) {
  bool found = false;
  each(frame, node, [&](bool holds) { return !(found = holds); });
  return native::cell_of(found);
}

AipolCell interpret_all_of(Frame& frame, NodeId node) {
  bool held = true;
  each(frame, node, [&](bool holds) { return held = holds; });
  return native::cell_of(held);
}

AipolCell interpret_count_of(Frame& frame, NodeId node) {
  int64_t count = 0;
  each(frame, node, [&](bool holds) { return count += holds, true; });
  return native::cell_of(count);
}

AipolCell interpret_item(Frame& frame, NodeId node) {
  auto list = frame.list(node, 0);
  uint64_t at = frame.at[frame.plan.code[node].payload];
  return at < list.size() ? list[at] : AipolCell{};
}

}  // namespace aipol::plan
