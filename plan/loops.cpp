#include "plan/loops.h"

namespace aipol::plan {

Levels open_levels(const Code& code, NodeId id, const std::vector<Levels>& known) {
  const Node& node = code[id];
  auto own = static_cast<Levels>(1u << node.payload % most_levels);
  if (is_loop(node.op)) {
    return known[code.argument(id, 0)] | static_cast<Levels>(known[code.argument(id, 1)] & ~own);
  }
  Levels open = node.op == Op::item ? own : Levels{0};
  for (NodeId argument : code.arguments(id)) open |= known[argument];
  return open;
}

std::vector<Levels> open_levels(const Code& code) {
  std::vector<Levels> open(code.size());
  // Arguments come before their operations.
  for (NodeId id = 0; id < code.size(); ++id) open[id] = open_levels(code, id, open);
  return open;
}

}  // namespace aipol::plan
