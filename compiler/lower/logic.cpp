#include "compiler/lower/operations.h"

namespace aipol::compiler {

Value lower_not(Emitter& emitter, plan::NodeId node) {
  return {emitter.builder().CreateNot(emitter.argument(node, 0).a)};
}

Value lower_and(Emitter& emitter, plan::NodeId node) { return {emitter.emit_all(emitter.argument_pieces(node))}; }
Value lower_or(Emitter& emitter, plan::NodeId node) { return {emitter.emit_any(emitter.argument_pieces(node))}; }

Value lower_select(Emitter& emitter, plan::NodeId node) {
  auto pieces = emitter.argument_pieces(node);
  llvm::Value* condition = emitter.emit_boolean(pieces[0]);
  if (!emitter.cheap(pieces[1].node) || !emitter.cheap(pieces[2].node)) {
    return emitter.branch(condition, pieces[1], pieces[2]);
  }
  Value yes = emitter.emit(pieces[1]), no = emitter.emit(pieces[2]);
  auto& builder = emitter.builder();
  llvm::Value* b = yes.b == nullptr ? nullptr : builder.CreateSelect(condition, yes.b, no.b);
  return {builder.CreateSelect(condition, yes.a, no.a), b};
}

}  // namespace aipol::compiler
