// Calls of natives, by their symbol.
#include "compiler/lower/operations.h"

namespace aipol::compiler {

Value lower_call(Emitter& emitter, plan::NodeId id) {
  const plan::Node& node = emitter.layout().code[id];
  std::vector<Value> arguments;
  std::vector<plan::Rep> reps;
  for (uint32_t i = 0; i < node.count; ++i) {
    arguments.push_back(emitter.argument(id, i));
    reps.push_back(emitter.argument_rep(id, i));
  }
  return emitter.call_native(emitter.plan().natives[node.payload], arguments, reps, node.rep);
}

}  // namespace aipol::compiler
