#include "compiler/lower/emitter.h"

#include "compiler/lower/operations.h"

namespace aipol::compiler {

using plan::NodeId;
using plan::Piece;
using plan::Rep;

namespace {

// A node's value depends on the row only through the words from its piece's base on.
uint64_t scope_key(Piece piece) { return uint64_t{piece.base} << 32 | piece.node; }

bool two_words(Rep rep) { return rep != Rep::boolean && rep != Rep::integer && rep != Rep::real; }

}  // namespace

Emitter::Emitter(StageModule& stage, llvm::IRBuilder<>& builder, llvm::Value* columns, llvm::Value* scratch)
    : stage_(stage), builder_(builder), columns_(columns), scratch_(scratch) {}

Value Emitter::known(Piece piece) const {
  for (size_t i = first_scope(piece.node); i < scopes_.size(); ++i) {
    auto it = scopes_[i].find(scope_key(piece));
    if (it != scopes_[i].end()) return it->second;
  }
  return {};
}

size_t Emitter::first_scope(NodeId node) const {
  size_t first = 0;
  for (uint32_t level = 0; level < plan::most_levels; ++level) {
    if (stage_.open[node] >> level & 1) first = std::max(first, loops_[level].scope);
  }
  return first;
}

Emitter::Loop Emitter::enter(uint32_t level, Loop loop) {
  loop.scope = scopes_.size();
  scopes_.emplace_back();
  return std::exchange(loops_[level], loop);
}

void Emitter::leave(uint32_t level, Loop outer) {
  scopes_.resize(loops_[level].scope);
  loops_[level] = outer;
}

void Emitter::emit_invariants(Piece piece, uint32_t level) {
  if ((stage_.open[piece.node] >> level & 1) == 0) {
    emit(piece);
    return;
  }
  // A loop in the body does the same for its own body.
  size_t parts = plan::is_loop(layout().code[piece.node].op) ? 1 : layout().code[piece.node].count;
  for (size_t i = 0; i < parts; ++i) emit_invariants({layout().code.argument(piece.node, i), piece.base}, level);
}

Value Emitter::emit(Piece piece) {
  const plan::Node& node = layout().code[piece.node];
  bool leaf = node.count == 0 && node.op != plan::Op::parameter;
  if (leaf) piece.base = 0;
  if (Value value = known(piece); value.a != nullptr) return value;
  uint32_t outer = std::exchange(base_, piece.base);
  Value value = operation_of(node.op)(*this, piece.node);
  base_ = outer;
  ++emitted_;
  scopes_.back()[scope_key(piece)] = value;
  return value;
}

void Emitter::emit_leaves(NodeId node) {
  const plan::Node& here = layout().code[node];
  bool column = here.op == plan::Op::source || here.op == plan::Op::has || here.op == plan::Op::symbol ||
                here.op == plan::Op::mask;
  if (column) emit({node, 0});
  for (NodeId argument : layout().code.arguments(node)) emit_leaves(argument);
}

std::vector<Piece> Emitter::argument_pieces(NodeId node) const {
  std::vector<Piece> pieces;
  for (NodeId argument : layout().code.arguments(node)) pieces.push_back({argument, base_});
  return pieces;
}

llvm::Value* Emitter::emit_all(std::span<const Piece> pieces) { return short_circuit(pieces, true); }
llvm::Value* Emitter::emit_any(std::span<const Piece> pieces) { return short_circuit(pieces, false); }

// Cheap pieces first and without branches; then each expensive one where it still decides.
llvm::Value* Emitter::short_circuit(std::span<const Piece> pieces, bool all) {
  llvm::Value* result = builder_.getInt1(all);
  std::vector<Piece> expensive;
  for (Piece piece : pieces) {
    if (!cheap(piece.node)) {
      expensive.push_back(piece);
      continue;
    }
    llvm::Value* one = emit_boolean(piece);
    result = all ? builder_.CreateAnd(result, one) : builder_.CreateOr(result, one);
  }
  if (expensive.empty()) return result;
  llvm::Function* function = builder_.GetInsertBlock()->getParent();
  auto* done = llvm::BasicBlock::Create(function->getContext(), "decided");
  std::vector<std::pair<llvm::Value*, llvm::BasicBlock*>> ways;
  size_t depth = scopes_.size();
  for (Piece piece : expensive) {
    auto* more = llvm::BasicBlock::Create(function->getContext(), "undecided", function);
    ways.emplace_back(result, builder_.GetInsertBlock());
    builder_.CreateCondBr(result, all ? more : done, all ? done : more);
    builder_.SetInsertPoint(more);
    scopes_.emplace_back();
    result = emit_boolean(piece);
  }
  ways.emplace_back(result, builder_.GetInsertBlock());
  builder_.CreateBr(done);
  scopes_.resize(depth);
  done->insertInto(function);
  builder_.SetInsertPoint(done);
  auto* phi = builder_.CreatePHI(builder_.getInt1Ty(), static_cast<unsigned>(ways.size()));
  for (auto [value, block] : ways) phi->addIncoming(value, block);
  return phi;
}

Value Emitter::branch(llvm::Value* condition, Piece yes, Piece no) {
  llvm::Function* function = builder_.GetInsertBlock()->getParent();
  auto& context = function->getContext();
  llvm::BasicBlock* blocks[] = {llvm::BasicBlock::Create(context, "yes", function),
                                llvm::BasicBlock::Create(context, "no", function)};
  auto* done = llvm::BasicBlock::Create(context, "selected", function);
  builder_.CreateCondBr(condition, blocks[0], blocks[1]);
  Value values[2];
  llvm::BasicBlock* ends[2];
  for (size_t i = 0; i < 2; ++i) {
    builder_.SetInsertPoint(blocks[i]);
    scopes_.emplace_back();
    values[i] = emit(i == 0 ? yes : no);
    scopes_.pop_back();
    ends[i] = builder_.GetInsertBlock();
    builder_.CreateBr(done);
  }
  builder_.SetInsertPoint(done);
  auto join = [&](llvm::Value* one, llvm::Value* other) -> llvm::Value* {
    if (one == nullptr) return nullptr;
    auto* phi = builder_.CreatePHI(one->getType(), 2);
    phi->addIncoming(one, ends[0]);
    phi->addIncoming(other, ends[1]);
    return phi;
  };
  return {join(values[0].a, values[1].a), join(values[0].b, values[1].b)};
}

llvm::Value* Emitter::parameter_word(uint32_t word) {
  auto* address = builder_.CreateConstInBoundsGEP1_64(i64(), parameters_, uint64_t{base_} + word);
  return unchanging(builder_.CreateLoad(i64(), address));
}

llvm::LoadInst* unchanging(llvm::LoadInst* load) {
  load->setMetadata(llvm::LLVMContext::MD_invariant_load, llvm::MDNode::get(load->getContext(), {}));
  return load;
}

Value Emitter::cell_value(Rep rep, llvm::Value* a, llvm::Value* b) {
  if (rep == Rep::boolean) return {builder_.CreateICmpNE(a, builder_.getInt64(0))};
  if (rep == Rep::integer) return {a};
  if (rep == Rep::real) return {builder_.CreateBitCast(a, builder_.getDoubleTy())};
  return {a, b};
}

llvm::Value* Emitter::zero_cell() {
  auto* type = llvm::ArrayType::get(i64(), 2);
  return stage_.module.getOrInsertGlobal("zero_cell", type, [&] {
    return new llvm::GlobalVariable(stage_.module, type, true, llvm::GlobalValue::InternalLinkage,
                                    llvm::ConstantAggregateZero::get(type), "zero_cell");
  });
}

Value Emitter::load_cell(llvm::Value* cell, Rep rep) {
  llvm::Value* a = builder_.CreateLoad(i64(), cell);
  llvm::Value* b = two_words(rep) ? builder_.CreateLoad(i64(), builder_.CreateConstInBoundsGEP1_64(i64(), cell, 1)) : nullptr;
  return cell_value(rep, a, b);
}

Value Emitter::load_column(uint32_t number, Rep rep) {
  auto word = [&](uint64_t at) {
    return unchanging(builder_.CreateLoad(i64(), builder_.CreateConstInBoundsGEP1_64(i64(), columns_, uint64_t{number} * 2 + at)));
  };
  llvm::Value* a = word(0);
  return cell_value(rep, a, two_words(rep) ? word(1) : nullptr);
}

void Emitter::store_cell(Value value, Rep rep, llvm::Value* cell) {
  llvm::Value* a = value.a;
  if (rep == Rep::boolean) a = builder_.CreateZExt(a, i64());
  if (rep == Rep::real) a = builder_.CreateBitCast(a, i64());
  builder_.CreateStore(a, cell);
  if (two_words(rep)) builder_.CreateStore(value.b, builder_.CreateConstInBoundsGEP1_64(i64(), cell, 1));
}

llvm::Value* Emitter::call_support(llvm::StringRef name, std::span<llvm::Value* const> arguments) {
  std::vector<llvm::Type*> types;
  for (llvm::Value* argument : arguments) types.push_back(argument->getType());
  auto callee = stage_.module.getOrInsertFunction(name, llvm::FunctionType::get(i64(), types, false));
  return builder_.CreateCall(callee, llvm::ArrayRef(arguments.data(), arguments.size()));
}

llvm::Value* Emitter::call_test(llvm::StringRef name, std::initializer_list<Value> arguments) {
  std::vector<llvm::Value*> words;
  for (const Value& value : arguments) {
    words.push_back(value.a);
    if (value.b != nullptr) words.push_back(value.b);
  }
  return builder_.CreateICmpNE(call_support(name, words), builder_.getInt64(0));
}

// In the entry block, as large as the largest use.
llvm::AllocaInst* Emitter::reserved(llvm::AllocaInst*& place, uint64_t cells) {
  auto& entry = builder_.GetInsertBlock()->getParent()->getEntryBlock();
  if (place == nullptr) {
    llvm::IRBuilder<> top(&entry, entry.begin());
    place = top.CreateAlloca(i64(), top.getInt64(cells * 2));
  }
  auto* size = llvm::cast<llvm::ConstantInt>(place->getArraySize());
  if (size->getZExtValue() < cells * 2) place->setOperand(0, builder_.getInt64(cells * 2));
  return place;
}

Value Emitter::call_native(const std::string& symbol, std::span<const Value> arguments, std::span<const Rep> reps,
                           Rep result) {
  llvm::Value* place = reserved(arguments_, std::max<size_t>(arguments.size(), 1));
  llvm::Value* out = reserved(result_, 1);
  for (size_t i = 0; i < arguments.size(); ++i) {
    store_cell(arguments[i], reps[i], builder_.CreateConstInBoundsGEP1_64(i64(), place, i * 2));
  }
  auto* pointer = builder_.getPtrTy();
  auto* type = llvm::FunctionType::get(builder_.getVoidTy(), {pointer, pointer, pointer}, false);
  builder_.CreateCall(stage_.module.getOrInsertFunction(symbol, type), {place, out, scratch_});
  return load_cell(out, result);
}

}  // namespace aipol::compiler
