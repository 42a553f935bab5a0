// Sets and lists whose members are compared as values.
#include "compiler/lower/operations.h"

namespace aipol::compiler {

using plan::NodeId;
using plan::Rep;

namespace {

bool texts(Emitter& emitter, NodeId node, size_t list) { return emitter.argument_rep(node, list) == Rep::texts; }

}  // namespace

Value lower_in_set(Emitter& emitter, NodeId node) {
  Value member = emitter.argument(node, 0), list = emitter.argument(node, 1);
  return {emitter.call_test(texts(emitter, node, 1) ? "aipol_texts_have" : "aipol_integers_have", {list, member})};
}

Value lower_has_member(Emitter& emitter, NodeId node) {
  Value list = emitter.argument(node, 0), member = emitter.argument(node, 1);
  return {emitter.call_test(texts(emitter, node, 0) ? "aipol_texts_have" : "aipol_integers_have", {list, member})};
}

Value lower_contains_all(Emitter& emitter, NodeId node) {
  Value list = emitter.argument(node, 0), members = emitter.argument(node, 1);
  return {emitter.call_test(texts(emitter, node, 0) ? "aipol_texts_cover" : "aipol_integers_cover", {list, members})};
}

Value lower_intersects(Emitter& emitter, NodeId node) {
  Value list = emitter.argument(node, 0), other = emitter.argument(node, 1);
  return {emitter.call_test(texts(emitter, node, 0) ? "aipol_texts_meet" : "aipol_integers_meet", {list, other})};
}

Value lower_size(Emitter& emitter, NodeId node) { return {emitter.argument(node, 0).b}; }

Value lower_list(Emitter& emitter, NodeId node) {
  uint32_t count = emitter.layout().code[node].count;
  auto& builder = emitter.builder();
  std::vector<Value> members;
  for (uint32_t i = 0; i < count; ++i) members.push_back(emitter.argument(node, i));
  llvm::Value* words[] = {emitter.scratch(), builder.getInt64(uint64_t{count} * 16)};
  llvm::Value* address = emitter.call_support("aipol_scratch_allocate", words);
  llvm::Value* cells = builder.CreateIntToPtr(address, builder.getPtrTy());
  for (uint32_t i = 0; i < count; ++i) {
    llvm::Value* cell = builder.CreateConstInBoundsGEP1_64(emitter.i64(), cells, uint64_t{i} * 2);
    emitter.store_cell(members[i], emitter.argument_rep(node, i), cell);
  }
  return {address, builder.getInt64(count)};
}

}  // namespace aipol::compiler
