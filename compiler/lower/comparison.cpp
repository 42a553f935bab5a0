#include "compiler/lower/operations.h"

namespace aipol::compiler {

using plan::NodeId;
using plan::Rep;

Value lower_equal(Emitter& emitter, NodeId node) {
  Value a = emitter.argument(node, 0), b = emitter.argument(node, 1);
  auto& builder = emitter.builder();
  switch (emitter.argument_rep(node, 0)) {
    case Rep::real: return {builder.CreateFCmpOEQ(a.a, b.a)};
    case Rep::text: return {emitter.call_test("aipol_text_equal", {a, b})};
    case Rep::ip: return {builder.CreateAnd(builder.CreateICmpEQ(a.a, b.a), builder.CreateICmpEQ(a.b, b.b))};
    case Rep::texts: return {emitter.call_test("aipol_texts_equal", {a, b})};
    case Rep::integers: return {emitter.call_test("aipol_integers_equal", {a, b})};
    default: return {builder.CreateICmpEQ(a.a, b.a)};
  }
}

namespace {

Value ordered(Emitter& emitter, NodeId node, llvm::CmpInst::Predicate integers, llvm::CmpInst::Predicate reals) {
  Value a = emitter.argument(node, 0), b = emitter.argument(node, 1);
  auto& builder = emitter.builder();
  Rep rep = emitter.argument_rep(node, 0);
  if (rep == Rep::real) return {builder.CreateFCmp(reals, a.a, b.a)};
  if (rep != Rep::text) return {builder.CreateICmp(integers, a.a, b.a)};
  llvm::Value* words[] = {a.a, a.b, b.a, b.b};
  return {builder.CreateICmp(integers, emitter.call_support("aipol_text_compare", words), builder.getInt64(0))};
}

}  // namespace

Value lower_less(Emitter& emitter, NodeId node) {
  return ordered(emitter, node, llvm::CmpInst::ICMP_SLT, llvm::CmpInst::FCMP_OLT);
}

Value lower_less_equal(Emitter& emitter, NodeId node) {
  return ordered(emitter, node, llvm::CmpInst::ICMP_SLE, llvm::CmpInst::FCMP_OLE);
}

Value lower_in_range(Emitter& emitter, NodeId node) {
  llvm::Value* value = emitter.argument(node, 0).a;
  uint32_t word = emitter.layout().code[emitter.layout().code.argument(node, 1)].payload;
  llvm::Value* low = emitter.parameter_word(word);
  llvm::Value* high = emitter.parameter_word(word + 1);
  auto& builder = emitter.builder();
  llvm::Value* above = builder.CreateICmpSLE(low, value);
  llvm::Value* below = builder.CreateICmpSLE(value, high);
  llvm::Value* wraps = builder.CreateICmpSGT(low, high);
  return {builder.CreateSelect(wraps, builder.CreateOr(above, below), builder.CreateAnd(above, below))};
}

Value lower_in_network(Emitter& emitter, NodeId node) {
  Value address = emitter.argument(node, 0);
  uint32_t word = emitter.layout().code[emitter.layout().code.argument(node, 1)].payload;
  auto& builder = emitter.builder();
  auto half = [&](llvm::Value* bits, uint32_t at) {
    return builder.CreateICmpEQ(builder.CreateAnd(bits, emitter.parameter_word(at + 2)), emitter.parameter_word(at));
  };
  llvm::Value* high = half(address.a, word);
  return {builder.CreateAnd(high, half(address.b, word + 1))};
}

}  // namespace aipol::compiler
