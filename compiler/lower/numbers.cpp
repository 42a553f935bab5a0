// Sets as numbers of a domain: bits of a mask, or ascending lists.
#include "compiler/lower/operations.h"

namespace aipol::compiler {

using plan::NodeId;

Value lower_mask_meets(Emitter& emitter, NodeId node) {
  auto& builder = emitter.builder();
  llvm::Value* mask = emitter.argument(node, 0).a;
  llvm::Value* shared = builder.CreateAnd(mask, emitter.argument(node, 1).a);
  return {builder.CreateICmpNE(shared, builder.getInt64(0))};
}

Value lower_mask_covers(Emitter& emitter, NodeId node) {
  auto& builder = emitter.builder();
  llvm::Value* mask = emitter.argument(node, 0).a;
  llvm::Value* wanted = emitter.argument(node, 1).a;
  return {builder.CreateICmpEQ(builder.CreateAnd(mask, wanted), wanted)};
}

namespace {

Value numbers(Emitter& emitter, NodeId node, llvm::StringRef test) {
  Value column = emitter.load_column(emitter.layout().code[node].payload, plan::Rep::integers);
  return {emitter.call_test(test, {column, emitter.argument(node, 0)})};
}

}  // namespace

Value lower_numbers_meet(Emitter& emitter, NodeId node) { return numbers(emitter, node, "aipol_numbers_meet"); }
Value lower_numbers_cover(Emitter& emitter, NodeId node) { return numbers(emitter, node, "aipol_numbers_cover"); }

}  // namespace aipol::compiler
