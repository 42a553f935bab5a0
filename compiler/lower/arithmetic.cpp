// Integers saturate, reals stay finite (base/saturate.h says the same in C++).
#include <limits>

#include "compiler/lower/operations.h"

namespace aipol::compiler {

using plan::NodeId;
using plan::Rep;

namespace {

llvm::Value* integer(Emitter& emitter, int64_t value) {
  return emitter.builder().getInt64(static_cast<uint64_t>(value));
}

constexpr int64_t least = std::numeric_limits<int64_t>::min();
constexpr int64_t greatest = std::numeric_limits<int64_t>::max();

Value finite(Emitter& emitter, llvm::Value* value) {
  auto& builder = emitter.builder();
  auto* most = llvm::ConstantFP::get(builder.getDoubleTy(), std::numeric_limits<double>::max());
  auto* lowest = llvm::ConstantFP::get(builder.getDoubleTy(), std::numeric_limits<double>::lowest());
  value = builder.CreateSelect(builder.CreateFCmpOGT(value, most), most, value);
  return {builder.CreateSelect(builder.CreateFCmpOLT(value, lowest), lowest, value)};
}

llvm::Value* saturating(Emitter& emitter, llvm::Intrinsic::ID operation, llvm::Value* a, llvm::Value* b) {
  return emitter.builder().CreateBinaryIntrinsic(operation, a, b);
}

bool reals(Emitter& emitter, NodeId node) { return emitter.layout().code[node].rep == Rep::real; }

}  // namespace

Value lower_add(Emitter& emitter, NodeId node) {
  llvm::Value* a = emitter.argument(node, 0).a;
  llvm::Value* b = emitter.argument(node, 1).a;
  if (reals(emitter, node)) return finite(emitter, emitter.builder().CreateFAdd(a, b));
  return {saturating(emitter, llvm::Intrinsic::sadd_sat, a, b)};
}

Value lower_subtract(Emitter& emitter, NodeId node) {
  llvm::Value* a = emitter.argument(node, 0).a;
  llvm::Value* b = emitter.argument(node, 1).a;
  if (reals(emitter, node)) return finite(emitter, emitter.builder().CreateFSub(a, b));
  return {saturating(emitter, llvm::Intrinsic::ssub_sat, a, b)};
}

Value lower_multiply(Emitter& emitter, NodeId node) {
  llvm::Value* a = emitter.argument(node, 0).a;
  llvm::Value* b = emitter.argument(node, 1).a;
  auto& builder = emitter.builder();
  if (reals(emitter, node)) return finite(emitter, builder.CreateFMul(a, b));
  llvm::Value* product = builder.CreateBinaryIntrinsic(llvm::Intrinsic::smul_with_overflow, a, b);
  llvm::Value* negative = builder.CreateICmpSLT(builder.CreateXor(a, b), builder.getInt64(0));
  llvm::Value* limit = builder.CreateSelect(negative, integer(emitter, least), integer(emitter, greatest));
  return {builder.CreateSelect(builder.CreateExtractValue(product, 1), limit, builder.CreateExtractValue(product, 0))};
}

// The divisor is a constant other than zero; -1 is kept from the machine, whose division of the least integer by it traps.
Value lower_divide(Emitter& emitter, NodeId node) {
  llvm::Value* a = emitter.argument(node, 0).a;
  llvm::Value* b = emitter.argument(node, 1).a;
  auto& builder = emitter.builder();
  if (reals(emitter, node)) return finite(emitter, builder.CreateFDiv(a, b));
  llvm::Value* negates = builder.CreateICmpEQ(b, integer(emitter, -1));
  llvm::Value* quotient = builder.CreateSDiv(a, builder.CreateSelect(negates, integer(emitter, 1), b));
  llvm::Value* negated = saturating(emitter, llvm::Intrinsic::ssub_sat, integer(emitter, 0), a);
  return {builder.CreateSelect(negates, negated, quotient)};
}

Value lower_remainder(Emitter& emitter, NodeId node) {
  llvm::Value* a = emitter.argument(node, 0).a;
  llvm::Value* b = emitter.argument(node, 1).a;
  auto& builder = emitter.builder();
  llvm::Value* negates = builder.CreateICmpEQ(b, integer(emitter, -1));
  return {builder.CreateSRem(a, builder.CreateSelect(negates, integer(emitter, 1), b))};
}

Value lower_negate(Emitter& emitter, NodeId node) {
  llvm::Value* a = emitter.argument(node, 0).a;
  if (reals(emitter, node)) return {emitter.builder().CreateFNeg(a)};
  return {saturating(emitter, llvm::Intrinsic::ssub_sat, integer(emitter, 0), a)};
}

Value lower_to_real(Emitter& emitter, NodeId node) {
  auto& builder = emitter.builder();
  return {builder.CreateSIToFP(emitter.argument(node, 0).a, builder.getDoubleTy())};
}

Value lower_to_integer(Emitter& emitter, NodeId node) {
  auto& builder = emitter.builder();
  llvm::Value* a = emitter.argument(node, 0).a;
  return {builder.CreateIntrinsic(llvm::Intrinsic::fptosi_sat, {emitter.i64(), builder.getDoubleTy()}, {a})};
}

}  // namespace aipol::compiler
