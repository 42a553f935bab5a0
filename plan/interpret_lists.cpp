// Sets and lists.
#include "plan/interpreter_frame.h"

namespace aipol::plan {

namespace {

bool has(std::span<const AipolCell> list, const AipolCell& member, Rep rep) {
  return std::ranges::any_of(list, [&](const AipolCell& cell) { return same_value(rep, cell, member); });
}

}  // namespace

AipolCell interpret_in_set(Frame& frame, NodeId node) {
  return native::cell_of(has(frame.list(node, 1), frame.argument(node, 0), frame.argument_rep(node, 0)));
}

AipolCell interpret_has_member(Frame& frame, NodeId node) {
  return native::cell_of(has(frame.list(node, 0), frame.argument(node, 1), frame.argument_rep(node, 1)));
}

AipolCell interpret_contains_all(Frame& frame, NodeId node) {
  auto list = frame.list(node, 0), members = frame.list(node, 1);
  Rep rep = member_rep(frame.argument_rep(node, 0));
  return native::cell_of(std::ranges::all_of(members, [&](const AipolCell& cell) { return has(list, cell, rep); }));
}

AipolCell interpret_intersects(Frame& frame, NodeId node) {
  auto list = frame.list(node, 0), other = frame.list(node, 1);
  Rep rep = member_rep(frame.argument_rep(node, 0));
  return native::cell_of(std::ranges::any_of(other, [&](const AipolCell& cell) { return has(list, cell, rep); }));
}

AipolCell interpret_size(Frame& frame, NodeId node) {
  return native::cell_of(static_cast<int64_t>(frame.list(node, 0).size()));
}

AipolCell interpret_list(Frame& frame, NodeId node) {
  auto members = frame.plan.code.arguments(node);
  auto* cells = reinterpret_cast<AipolCell*>(frame.scratch.allocate(members.size() * sizeof(AipolCell)));
  std::ranges::transform(members, cells, [&](NodeId member) { return frame.value(member); });
  return native::cell_of(std::span<const AipolCell>(cells, members.size()));
}

}  // namespace aipol::plan
