// The walk over a stage's groups: key, run, shape.
#include "compiler/lower/functions.h"
#include "runtime/abi/decision.h"

namespace aipol::compiler {

using plan::Group;

namespace {

// So many groups to a function: none grows with the policy set.
constexpr size_t groups_in_part = 16;

struct Run {
  llvm::Value* rows;
  llvm::Value* first;
  llvm::Value* count;
};

// Emits parts of a stage: ptr part(columns, tables, scratch, out).
class Walk {
 public:
  Walk(StageModule& stage, std::span<llvm::Function* const> shapes, const std::string& name)
      : stage_(stage), shapes_(shapes), name_(name), context_(stage.module.getContext()), builder_(context_) {}

  void lower() {
    if (std::ranges::any_of(stage_.layout.groups, &Group::wide)) {
      add_table();
      add_many();
    }
    std::vector<llvm::Function*> parts;
    const auto& groups = stage_.layout.groups;
    for (size_t first = 0; first < groups.size(); first += groups_in_part) {
      parts.push_back(add_part(first, std::min(first + groups_in_part, groups.size()), parts.size()));
    }
    add_stage(parts);
  }

 private:
  llvm::PointerType* pointer() { return builder_.getPtrTy(); }
  llvm::IntegerType* i32() { return builder_.getInt32Ty(); }
  llvm::IntegerType* i64() { return builder_.getInt64Ty(); }

  llvm::Value* at(llvm::Value* base, uint64_t offset) {
    return builder_.CreateConstInBoundsGEP1_64(builder_.getInt8Ty(), base, offset);
  }
  llvm::Value* element(llvm::Value* base, llvm::Value* number, uint64_t size) {
    return builder_.CreateInBoundsGEP(builder_.getInt8Ty(), base, builder_.CreateMul(number, builder_.getInt64(size)));
  }
  llvm::Value* load(llvm::Type* type, llvm::Value* base, uint64_t offset = 0) {
    return builder_.CreateLoad(type, at(base, offset));
  }
  llvm::BasicBlock* block(const char* name) {
    return llvm::BasicBlock::Create(context_, name, builder_.GetInsertBlock()->getParent());
  }
  Run load_run(llvm::Value* run) { return {load(i32(), run, 0), load(i32(), run, 4), load(i32(), run, 8)}; }

  llvm::Function* begin(const std::string& name, llvm::FunctionType* type, llvm::Function::LinkageTypes linkage) {
    auto* function = llvm::Function::Create(type, linkage, name, stage_.module);
    function->addFnAttr(llvm::Attribute::NoUnwind);
    builder_.SetInsertPoint(llvm::BasicBlock::Create(context_, "entry", function));
    columns_ = function->getArg(0);
    tables_ = function->getArg(1);
    scratch_ = function->getArg(2);
    return function;
  }

  // By number of rows, the function of their shape.
  void add_table() {
    std::vector<llvm::Constant*> functions;
    for (const plan::Rows& rows : stage_.layout.rows) functions.push_back(shapes_[rows.shape]);
    auto* type = llvm::ArrayType::get(pointer(), functions.size());
    table_ = new llvm::GlobalVariable(stage_.module, type, true, llvm::GlobalValue::InternalLinkage,
                                      llvm::ConstantArray::get(type, functions), name_ + "_shapes");
  }

  llvm::Value* call_shape(llvm::FunctionCallee shape, llvm::Value* rows, Run run, llvm::Value* out) {
    llvm::Value* address = element(load(pointer(), tables_, 8), rows, sizeof(AipolRows));
    return builder_.CreateCall(shape, {columns_, address, run.first, run.count, scratch_, out});
  }

  llvm::Value* call_any_shape(Run run, llvm::Value* out) {
    llvm::Value* rows = builder_.CreateZExt(run.rows, i64());
    llvm::Value* shape = load(pointer(), element(table_, rows, 8));
    return call_shape({shape_type(context_), shape}, rows, run, out);
  }

  // ptr many(columns, tables, scratch, out, AipolRun* runs, i32 count): count is not zero.
  void add_many() {
    auto* type = llvm::FunctionType::get(pointer(), {pointer(), pointer(), pointer(), pointer(), pointer(), i32()}, false);
    many_ = begin(name_ + "_many", type, llvm::Function::InternalLinkage);
    auto* before = builder_.GetInsertBlock();
    auto* each = block("each");
    builder_.CreateBr(each);
    builder_.SetInsertPoint(each);
    auto* out = builder_.CreatePHI(pointer(), 2);
    auto* run = builder_.CreatePHI(pointer(), 2);
    auto* left = builder_.CreatePHI(i32(), 2);
    llvm::Value* next_out = call_any_shape(load_run(run), out);
    llvm::Value* next_run = at(run, sizeof(AipolRun));
    llvm::Value* next_left = builder_.CreateSub(left, builder_.getInt32(1));
    auto* done = block("done");
    builder_.CreateCondBr(builder_.CreateICmpEQ(next_left, builder_.getInt32(0)), done, each);
    out->addIncoming(many_->getArg(3), before);
    out->addIncoming(next_out, each);
    run->addIncoming(many_->getArg(4), before);
    run->addIncoming(next_run, each);
    left->addIncoming(many_->getArg(5), before);
    left->addIncoming(next_left, each);
    builder_.SetInsertPoint(done);
    builder_.CreateRet(next_out);
  }

  llvm::Function* add_part(size_t first, size_t last, size_t number) {
    auto* type = llvm::FunctionType::get(pointer(), {pointer(), pointer(), pointer(), pointer()}, false);
    auto* part = begin(name_ + "_part_" + std::to_string(number), type, llvm::Function::InternalLinkage);
    llvm::Value* out = part->getArg(3);
    indexes_ = load(pointer(), tables_);
    for (size_t i = first; i < last; ++i) out = walk_group(i, out);
    builder_.CreateRet(out);
    return part;
  }

  llvm::Value* walk_group(size_t number, llvm::Value* out) {
    group_ = &stage_.layout.groups[number];
    index_ = at(indexes_, number * sizeof(AipolIndex));
    slots_ = load(pointer(), index_);
    switch (group_->kind) {
      case Group::Kind::all: return follow(slots_, out);
      case Group::Kind::single: return walk_number(load(i64(), column(group_->first)), out);
      case Group::Kind::several: return walk_numbers(out);
      case Group::Kind::pair: return walk_pair(out);
    }
    return out;
  }

  llvm::Value* column(uint32_t number) { return at(columns_, uint64_t{number} * sizeof(AipolCell)); }

  llvm::Value* walk_number(llvm::Value* number, llvm::Value* out) {
    return follow(element(slots_, number, group_->spans() * sizeof(AipolSpan)), out);
  }

  // The spans of a key's slot, one after the other.
  llvm::Value* follow(llvm::Value* spans, llvm::Value* out) {
    for (size_t i = 0; i < group_->spans(); ++i) out = follow_span(i, at(spans, i * sizeof(AipolSpan)), out);
    return out;
  }

  llvm::Value* follow_span(size_t number, llvm::Value* span, llvm::Value* out) {
    llvm::Value* count = load(i32(), span, 4);
    auto* before = builder_.GetInsertBlock();
    auto* some = block("some");
    auto* next = block("next");
    builder_.CreateCondBr(builder_.CreateICmpEQ(count, builder_.getInt32(0)), next, some);
    builder_.SetInsertPoint(some);
    llvm::Value* first = load(i32(), span);
    llvm::Value* after = group_->wide() ? call_many(first, count, out) : call_rows(group_->rows[number], first, count, out);
    builder_.CreateBr(next);
    builder_.SetInsertPoint(next);
    auto* result = builder_.CreatePHI(pointer(), 2);
    result->addIncoming(out, before);
    result->addIncoming(after, some);
    return result;
  }

  llvm::Value* call_rows(uint32_t rows, llvm::Value* first, llvm::Value* count, llvm::Value* out) {
    Run run{builder_.getInt64(rows), first, count};
    return call_shape(shapes_[stage_.layout.rows[rows].shape], run.rows, run, out);
  }

  llvm::Value* call_many(llvm::Value* first, llvm::Value* count, llvm::Value* out) {
    llvm::Value* runs = element(load(pointer(), index_, 8), builder_.CreateZExt(first, i64()), sizeof(AipolRun));
    return builder_.CreateCall(many_, {columns_, tables_, scratch_, out, runs, count});
  }

  llvm::Value* walk_numbers(llvm::Value* out) {
    llvm::Value* numbers = load(pointer(), column(group_->first));
    llvm::Value* count = load(i64(), column(group_->first), 8);
    llvm::Value* end = element(numbers, count, 4);
    auto* before = builder_.GetInsertBlock();
    auto* test = block("numbers");
    auto* each = block("number");
    auto* done = block("no_number");
    builder_.CreateBr(test);
    builder_.SetInsertPoint(test);
    auto* here = builder_.CreatePHI(pointer(), 2);
    auto* so_far = builder_.CreatePHI(pointer(), 2);
    builder_.CreateCondBr(builder_.CreateICmpEQ(here, end), done, each);
    builder_.SetInsertPoint(each);
    llvm::Value* after = walk_number(builder_.CreateZExt(load(i32(), here), i64()), so_far);
    llvm::Value* next = at(here, 4);
    auto* last = builder_.GetInsertBlock();
    builder_.CreateBr(test);
    here->addIncoming(numbers, before);
    here->addIncoming(next, last);
    so_far->addIncoming(out, before);
    so_far->addIncoming(after, last);
    builder_.SetInsertPoint(done);
    return so_far;
  }

  // Probes until the pair or a free slot is found; a free slot's spans are empty.
  llvm::Value* walk_pair(llvm::Value* out) {
    llvm::Value* first = load(i64(), column(group_->first));
    llvm::Value* second = load(i64(), column(group_->second));
    llvm::Value* mask = load(i64(), index_, 16);
    llvm::Value* hash = builder_.CreateAdd(builder_.CreateMul(first, builder_.getInt64(AIPOL_PAIR_A)),
                                           builder_.CreateMul(second, builder_.getInt64(AIPOL_PAIR_B)));
    llvm::Value* start = builder_.CreateAnd(builder_.CreateLShr(hash, 32), mask);
    auto* before = builder_.GetInsertBlock();
    auto* probe = block("probe");
    auto* miss = block("miss");
    auto* found = block("found");
    builder_.CreateBr(probe);
    builder_.SetInsertPoint(probe);
    auto* slot = builder_.CreatePHI(i64(), 2);
    llvm::Value* pair = element(slots_, slot, 8 + group_->spans() * sizeof(AipolSpan));
    llvm::Value* here = load(i32(), pair);
    llvm::Value* same = builder_.CreateAnd(builder_.CreateICmpEQ(here, builder_.CreateTrunc(first, i32())),
                                           builder_.CreateICmpEQ(load(i32(), pair, 4), builder_.CreateTrunc(second, i32())));
    llvm::Value* free = builder_.CreateICmpEQ(here, builder_.getInt32(0));
    builder_.CreateCondBr(builder_.CreateOr(same, free), found, miss);
    builder_.SetInsertPoint(miss);
    llvm::Value* next = builder_.CreateAnd(builder_.CreateAdd(slot, builder_.getInt64(1)), mask);
    builder_.CreateBr(probe);
    slot->addIncoming(start, before);
    slot->addIncoming(next, miss);
    builder_.SetInsertPoint(found);
    return follow(at(pair, 8), out);
  }

  void add_stage(std::span<llvm::Function* const> parts) {
    auto* type = llvm::FunctionType::get(builder_.getVoidTy(), {pointer(), pointer(), pointer(), pointer()}, false);
    auto* stage = begin(name_, type, llvm::Function::ExternalLinkage);
    llvm::Value* start = load(pointer(), stage->getArg(3));
    llvm::Value* out = start;
    for (llvm::Function* part : parts) out = builder_.CreateCall(part, {columns_, tables_, scratch_, out});
    llvm::Value* bytes = builder_.CreateSub(builder_.CreatePtrToInt(out, i64()), builder_.CreatePtrToInt(start, i64()));
    builder_.CreateStore(builder_.CreateLShr(bytes, 2), at(stage->getArg(3), 8));
    builder_.CreateRetVoid();
  }

  StageModule& stage_;
  std::span<llvm::Function* const> shapes_;
  std::string name_;
  llvm::LLVMContext& context_;
  llvm::IRBuilder<> builder_;
  llvm::GlobalVariable* table_ = nullptr;
  llvm::Function* many_ = nullptr;
  // Of the function being emitted.
  llvm::Value* columns_ = nullptr;
  llvm::Value* tables_ = nullptr;
  llvm::Value* scratch_ = nullptr;
  llvm::Value* indexes_ = nullptr;
  // Of the group being walked.
  const Group* group_ = nullptr;
  llvm::Value* index_ = nullptr;
  llvm::Value* slots_ = nullptr;
};

static_assert(sizeof(AipolRun) == 12 && sizeof(AipolSpan) == 8 && sizeof(AipolRows) == 16 &&
              offsetof(AipolIndex, runs) == 8 && offsetof(AipolIndex, pair_mask) == 16 &&
              offsetof(AipolTables, rows) == 8 && offsetof(AipolFired, count) == 8 &&
              offsetof(AipolRows, statements) == 8);

}  // namespace

void lower_stage(StageModule& stage, std::span<llvm::Function* const> shapes, const std::string& name) {
  Walk(stage, shapes, name).lower();
}

}  // namespace aipol::compiler
