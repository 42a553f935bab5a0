// Loops over lists. What does not depend on the item is emitted once, before the first iteration.
#include "compiler/lower/operations.h"

namespace aipol::compiler {

using plan::NodeId;
using plan::Piece;

namespace {

class LoopCode {
 public:
  LoopCode(Emitter& emitter, NodeId node)
      : emitter_(emitter), builder_(emitter.builder()), op_(emitter.layout().code[node].op),
        level_(emitter.layout().code[node].payload), list_(emitter.argument_pieces(node)[0]),
        body_(emitter.argument_pieces(node)[1]) {}

  Value emit() {
    Value list = emitter_.emit(list_);
    auto* some = block("some");
    each_ = block("each");
    next_ = block("next");
    done_ = block("done");
    llvm::Value* none = op_ == plan::Op::count_of ? count(0) : builder_.getInt1(op_ == plan::Op::all_of);
    leave_for_done(none);
    builder_.CreateCondBr(builder_.CreateICmpEQ(list.b, count(0)), done_, some);
    builder_.SetInsertPoint(some);
    at_ = llvm::PHINode::Create(builder_.getInt64Ty(), 2, "at", each_);
    Emitter::Loop outer = emitter_.enter(level_, {list_, at_, 0});
    emitter_.emit_invariants(body_, level_);
    at_->addIncoming(count(0), builder_.GetInsertBlock());
    if (op_ == plan::Op::count_of) emit_count(list.b);
    else emit_search(list.b);
    emitter_.leave(level_, outer);
    builder_.SetInsertPoint(done_);
    auto* result = builder_.CreatePHI(none->getType(), static_cast<unsigned>(ways_.size()));
    for (auto [value, from] : ways_) result->addIncoming(value, from);
    return {result};
  }

 private:
  llvm::BasicBlock* block(const char* name) {
    llvm::Function* function = builder_.GetInsertBlock()->getParent();
    return llvm::BasicBlock::Create(function->getContext(), name, function);
  }
  llvm::Value* count(uint64_t value) { return builder_.getInt64(value); }
  void leave_for_done(llvm::Value* value) { ways_.emplace_back(value, builder_.GetInsertBlock()); }

  // Ends with the first item that decides.
  void emit_search(llvm::Value* size) {
    bool any = op_ == plan::Op::any_of;
    builder_.CreateBr(each_);
    builder_.SetInsertPoint(each_);
    llvm::Value* holds = emitter_.emit_boolean(body_);
    leave_for_done(builder_.getInt1(any));
    builder_.CreateCondBr(holds, any ? done_ : next_, any ? next_ : done_);
    advance(size, builder_.getInt1(!any));
  }

  void emit_count(llvm::Value* size) {
    auto* before = builder_.GetInsertBlock();
    builder_.CreateBr(each_);
    builder_.SetInsertPoint(each_);
    auto* so_far = builder_.CreatePHI(builder_.getInt64Ty(), 2);
    llvm::Value* holds = emitter_.emit_boolean(body_);
    llvm::Value* counted = builder_.CreateAdd(so_far, builder_.CreateZExt(holds, builder_.getInt64Ty()));
    builder_.CreateBr(next_);
    advance(size, counted);
    so_far->addIncoming(count(0), before);
    so_far->addIncoming(counted, next_);
  }

  void advance(llvm::Value* size, llvm::Value* result) {
    builder_.SetInsertPoint(next_);
    llvm::Value* following = builder_.CreateAdd(at_, count(1));
    at_->addIncoming(following, next_);
    leave_for_done(result);
    builder_.CreateCondBr(builder_.CreateICmpULT(following, size), each_, done_);
  }

  Emitter& emitter_;
  llvm::IRBuilder<>& builder_;
  plan::Op op_;
  uint32_t level_;
  Piece list_, body_;
  llvm::BasicBlock *each_ = nullptr, *next_ = nullptr, *done_ = nullptr;
  llvm::PHINode* at_ = nullptr;  // the number of the item
  std::vector<std::pair<llvm::Value*, llvm::BasicBlock*>> ways_;  // to `done`, and what is known there
};

}  // namespace

Value lower_loop(Emitter& emitter, NodeId node) { return LoopCode(emitter, node).emit(); }

// Past the end of a list shorter than the loop's, zeros.
Value lower_item(Emitter& emitter, NodeId id) {
  const plan::Node& node = emitter.layout().code[id];
  auto& builder = emitter.builder();
  const Emitter::Loop& loop = emitter.loop(node.payload);
  Piece list = emitter.argument_pieces(id)[0];
  Value cells = emitter.emit(list);
  llvm::Value* first = builder.CreateIntToPtr(cells.a, builder.getPtrTy());
  llvm::Value* words = builder.CreateShl(loop.at, builder.getInt64(1));
  llvm::Value* cell = builder.CreateInBoundsGEP(emitter.i64(), first, words);
  if (list == loop.list) return emitter.load_cell(cell, node.rep);
  llvm::Value* within = builder.CreateICmpULT(loop.at, cells.b);
  return emitter.load_cell(builder.CreateSelect(within, cell, emitter.zero_cell()), node.rep);
}

}  // namespace aipol::compiler
