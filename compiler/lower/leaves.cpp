// Columns and parameters.
#include "compiler/lower/operations.h"

namespace aipol::compiler {

Value lower_source(Emitter& emitter, plan::NodeId id) {
  const plan::Node& node = emitter.layout().code[id];
  return emitter.load_column(node.payload, node.rep);
}

Value lower_has(Emitter& emitter, plan::NodeId id) {
  return emitter.load_column(emitter.layout().code[id].payload, plan::Rep::boolean);
}

Value lower_number(Emitter& emitter, plan::NodeId id) {
  return emitter.load_column(emitter.layout().code[id].payload, plan::Rep::integer);
}

Value lower_parameter(Emitter& emitter, plan::NodeId id) {
  const plan::Node& node = emitter.layout().code[id];
  auto& builder = emitter.builder();
  llvm::Value* first = emitter.parameter_word(node.payload);
  switch (node.rep) {
    case plan::Rep::boolean: return {builder.CreateICmpNE(first, builder.getInt64(0))};
    case plan::Rep::integer: return {first};
    case plan::Rep::real: return {builder.CreateBitCast(first, builder.getDoubleTy())};
    default: return {first, emitter.parameter_word(node.payload + 1)};
  }
}

}  // namespace aipol::compiler
