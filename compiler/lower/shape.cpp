#include "compiler/lower/functions.h"
#include "plan/slots.h"

namespace aipol::compiler {

using plan::Piece;

llvm::FunctionType* shape_type(llvm::LLVMContext& context) {
  auto* pointer = llvm::PointerType::get(context, 0);
  auto* i32 = llvm::Type::getInt32Ty(context);
  return llvm::FunctionType::get(pointer, {pointer, pointer, i32, i32, pointer, pointer}, false);
}

uint64_t row_bytes(const plan::Shape& shape) { return uint64_t{plan::words_of_row(shape)} * 8; }

llvm::Value* write_statement(llvm::IRBuilder<>& builder, const plan::Shape& shape, llvm::Value* row, llvm::Value* fires,
                             llvm::Value* out) {
  auto* i8 = builder.getInt8Ty();
  auto* place = builder.CreateConstInBoundsGEP1_64(i8, row, uint64_t{shape.words} * 8);
  builder.CreateStore(unchanging(builder.CreateLoad(builder.getInt32Ty(), place)), out);
  return builder.CreateInBoundsGEP(i8, out, builder.CreateShl(builder.CreateZExt(fires, builder.getInt64Ty()), 2));
}

llvm::Value* test_row(StageModule& stage, llvm::IRBuilder<>& builder, const plan::Shape& shape, llvm::Value* columns,
                      llvm::Value* row) {
  Emitter emitter(stage, builder, columns, nullptr);
  emitter.use_row(row);
  return emitter.emit_all(shape.pieces);
}

namespace {

class ShapeFunction {
 public:
  ShapeFunction(StageModule& stage, const plan::Shape& shape, llvm::Function* function)
      : stage_(stage), shape_(shape), function_(function),
        builder_(llvm::BasicBlock::Create(function->getContext(), "entry", function)),
        emitter_(stage, builder_, function->getArg(0), function->getArg(4)) {}

  void lower() {
    split_pieces();
    llvm::Value* first = builder_.CreateZExt(function_->getArg(2), builder_.getInt64Ty());
    auto* table = unchanging(builder_.CreateLoad(builder_.getPtrTy(), function_->getArg(1)));
    llvm::Value* row = element(table, first, row_bytes(shape_));
    test_once();
    for (Piece piece : each_) emitter_.emit_leaves(piece.node);
    loop(row);
  }

 private:
  bool varies(plan::NodeId node) const {
    const auto& code = stage_.layout.code;
    if (code[node].op == plan::Op::parameter) return true;
    return std::ranges::any_of(code.arguments(node), [&](plan::NodeId argument) { return varies(argument); });
  }

  void split_pieces() {
    for (Piece piece : shape_.pieces) (varies(piece.node) ? each_ : once_).push_back(piece);
  }

  llvm::Value* element(llvm::Value* base, llvm::Value* number, uint64_t size) {
    return builder_.CreateInBoundsGEP(builder_.getInt8Ty(), base, builder_.CreateMul(number, builder_.getInt64(size)));
  }

  llvm::BasicBlock* block(const char* name) {
    return llvm::BasicBlock::Create(function_->getContext(), name, function_);
  }

  // What is the same for all rows is tested before them.
  void test_once() {
    if (once_.empty()) return;
    llvm::Value* holds = emitter_.emit_all(once_);
    auto* some = block("some");
    auto* none = block("none");
    builder_.CreateCondBr(holds, some, none);
    llvm::IRBuilder<>(none).CreateRet(function_->getArg(5));
    builder_.SetInsertPoint(some);
  }

  // A statement is always written, and kept by moving on.
  void loop(llvm::Value* first) {
    auto* before = builder_.GetInsertBlock();
    auto* each = block("row");
    builder_.CreateBr(each);
    builder_.SetInsertPoint(each);
    auto* pointer = builder_.getPtrTy();
    auto* left = builder_.CreatePHI(builder_.getInt32Ty(), 2);
    auto* row = builder_.CreatePHI(pointer, 2);
    auto* out = builder_.CreatePHI(pointer, 2);
    emitter_.use_row(row);
    llvm::Value* next_out = write_statement(builder_, shape_, row, emitter_.emit_all(each_), out);
    llvm::Value* next_left = builder_.CreateSub(left, builder_.getInt32(1));
    llvm::Value* next_row = element(row, builder_.getInt64(1), row_bytes(shape_));
    auto* last = builder_.GetInsertBlock();
    auto* done = block("done");
    builder_.CreateCondBr(builder_.CreateICmpEQ(next_left, builder_.getInt32(0)), done, each);
    auto join = [&](llvm::PHINode* phi, llvm::Value* start, llvm::Value* next) {
      phi->addIncoming(start, before);
      phi->addIncoming(next, last);
    };
    join(left, function_->getArg(3), next_left);
    join(row, first, next_row);
    join(out, function_->getArg(5), next_out);
    builder_.SetInsertPoint(done);
    builder_.CreateRet(next_out);
  }

  StageModule& stage_;
  const plan::Shape& shape_;
  llvm::Function* function_;
  llvm::IRBuilder<> builder_;
  Emitter emitter_;
  std::vector<Piece> once_, each_;
};

}  // namespace

// Past this a call is lost in what it calls.
constexpr uint32_t inlined_cost = 4 * plan::cheap;

llvm::Function* lower_shape(StageModule& stage, const plan::Shape& shape, const std::string& name) {
  auto* function = llvm::Function::Create(shape_type(stage.module.getContext()), llvm::Function::InternalLinkage, name,
                                          stage.module);
  function->addParamAttr(0, llvm::Attribute::NoAlias);
  function->addParamAttr(5, llvm::Attribute::NoAlias);
  function->addFnAttr(llvm::Attribute::NoUnwind);
  uint32_t cost = 0;
  for (Piece piece : shape.pieces) cost += stage.costs.of(piece.node);
  if (cost <= inlined_cost) function->addFnAttr(llvm::Attribute::AlwaysInline);
  ShapeFunction(stage, shape, function).lower();
  return function;
}

void lower_value(StageModule& stage, const plan::Shape& shape, const std::string& name) {
  llvm::IRBuilder<> builder(stage.module.getContext());
  auto* pointer = builder.getPtrTy();
  auto* type = llvm::FunctionType::get(builder.getVoidTy(), {pointer, pointer, pointer, pointer}, false);
  auto* function = llvm::Function::Create(type, llvm::Function::ExternalLinkage, name, stage.module);
  function->addFnAttr(llvm::Attribute::NoUnwind);
  builder.SetInsertPoint(llvm::BasicBlock::Create(stage.module.getContext(), "entry", function));
  Emitter emitter(stage, builder, function->getArg(0), function->getArg(2));
  emitter.use_row(function->getArg(1));
  Piece piece = shape.pieces[0];
  emitter.store_cell(emitter.emit(piece), stage.layout.code[piece.node].rep, function->getArg(3));
  builder.CreateRetVoid();
}

}  // namespace aipol::compiler
