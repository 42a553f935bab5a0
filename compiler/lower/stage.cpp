// The walk over a stage's groups: key, run, shape.
#include "compiler/lower/functions.h"
#include "plan/slots.h"
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
    return unchanging(builder_.CreateLoad(type, at(base, offset)));
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
    // Large tables are not in the processor's caches: where all keys lead is asked for before the
    // first row is tested.
    std::vector<Slots> found;
    for (size_t i = first; i < last; ++i) {
      enter_group(i);
      found.push_back(find());
    }
    for (const Slots& slots : found) {
      for (llvm::Value* slot : slots) prefetch(slot);
    }
    for (size_t i = first; i < last; ++i) {
      enter_group(i);
      out = walk_group(found[i - first], out);
    }
    builder_.CreateRet(out);
    return part;
  }

  using Slots = std::vector<llvm::Value*>;  // where the keys of a group lead

  void enter_group(size_t number) {
    group_ = &stage_.layout.groups[number];
    index_ = at(indexes_, number * sizeof(AipolIndex));
    slots_ = load(pointer(), index_);
  }

  Slots find() {
    switch (group_->kind) {
      case Group::Kind::all:
        return {slots_};
      case Group::Kind::single:
        return {slot_of(load(i64(), column(group_->first)))};
      case Group::Kind::several:
        return find_ahead();
      case Group::Kind::pair:
        return {find_pair()};
    }
    return {};
  }

  void prefetch(llvm::Value* slot) {
    builder_.CreateIntrinsic(
        llvm::Intrinsic::prefetch, {pointer()},
        {slot, builder_.getInt32(0), builder_.getInt32(3), builder_.getInt32(1)});  // of data, to be read, to stay
  }

  llvm::Value* walk_group(const Slots& found, llvm::Value* out) {
    if (group_->kind == Group::Kind::pair) return follow(at(found[0], 8), out, is_pair(found[0]));
    for (llvm::Value* slot : found) out = follow(slot, out);
    return group_->kind == Group::Kind::several ? walk_rest(out) : out;
  }

  llvm::Value* column(uint32_t number) { return at(columns_, uint64_t{number} * sizeof(AipolCell)); }

  llvm::Value* slot_of(llvm::Value* number) { return element(slots_, number, slot_bytes()); }

  uint64_t slot_bytes() const { return uint64_t{plan::words_of_slot(stage_.layout, *group_)} * 8; }

  // What a key's slot holds, one table after the other. `found`, or null: whether it is this key's slot.
  llvm::Value* follow(llvm::Value* slot, llvm::Value* out, llvm::Value* found = nullptr) {
    for (size_t i = 0; i < group_->spans(); ++i) {
      plan::Reach reach = group_->wide() ? plan::Reach() : group_->reach[i];
      for (uint32_t row = 0; row < reach.ahead; ++row) {
        out = test_ahead(i, slot, found, out);
        slot = at(slot, row_bytes(shape_of(i)));
      }
      if (!reach.beyond) continue;
      out = follow_rest(i, slot, found, out);
      slot = at(slot, sizeof(AipolSpan));
    }
    return out;
  }

  const plan::Shape& shape_of(size_t table) const {
    return stage_.layout.shapes[stage_.layout.rows[group_->rows[table]].shape];
  }

  // A row in the slot, without a branch: what is no row of the key is tested and not kept.
  llvm::Value* test_ahead(size_t table, llvm::Value* row, llvm::Value* found, llvm::Value* out) {
    const plan::Shape& shape = shape_of(table);
    llvm::Value* present = load(i32(), row, uint64_t{shape.words} * 8 + 4);
    llvm::Value* fires = test_row(stage_, builder_, shape, columns_, row);
    fires = builder_.CreateAnd(fires, builder_.CreateICmpNE(present, builder_.getInt32(0)));
    if (found != nullptr) fires = builder_.CreateAnd(fires, found);
    return write_statement(builder_, shape, row, fires, out);
  }

  llvm::Value* follow_rest(size_t number, llvm::Value* span, llvm::Value* found, llvm::Value* out) {
    llvm::Value* count = load(i32(), span, 4);
    if (found != nullptr) count = builder_.CreateSelect(found, count, builder_.getInt32(0));
    auto* before = builder_.GetInsertBlock();
    auto* some = block("some");
    auto* next = block("next");
    builder_.CreateCondBr(builder_.CreateICmpNE(count, builder_.getInt32(0)), some, next);
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

  // Behind the numbers stand zeros, whose slot is empty.
  Slots find_ahead() {
    Slots found;
    llvm::Value* numbers = load(pointer(), column(group_->first));
    for (uint32_t i = 0; i < group_->ahead; ++i) {
      found.push_back(slot_of(builder_.CreateZExt(load(i32(), numbers, uint64_t{i} * 4), i64())));
    }
    return found;
  }

  // The numbers behind those.
  llvm::Value* walk_rest(llvm::Value* out) {
    llvm::Value* numbers = load(pointer(), column(group_->first));
    llvm::Value* count = load(i64(), column(group_->first), 8);
    llvm::Value* end = element(numbers, count, 4);
    auto* before = builder_.GetInsertBlock();
    auto* test = block("numbers");
    auto* each = block("number");
    auto* done = block("no_number");
    llvm::Value* rest = at(numbers, uint64_t{group_->ahead} * 4);
    builder_.CreateBr(test);
    builder_.SetInsertPoint(test);
    auto* here = builder_.CreatePHI(pointer(), 2);
    auto* so_far = builder_.CreatePHI(pointer(), 2);
    builder_.CreateCondBr(builder_.CreateICmpULT(here, end), each, done);
    builder_.SetInsertPoint(each);
    llvm::Value* after = follow(slot_of(builder_.CreateZExt(load(i32(), here), i64())), so_far);
    llvm::Value* next = at(here, 4);
    auto* last = builder_.GetInsertBlock();
    builder_.CreateBr(test);
    here->addIncoming(rest, before);
    here->addIncoming(next, last);
    so_far->addIncoming(out, before);
    so_far->addIncoming(after, last);
    builder_.SetInsertPoint(done);
    return so_far;
  }

  // The one slot where the pair can be (runtime/abi/decision.h).
  llvm::Value* find_pair() {
    llvm::Value* first = load(i64(), column(group_->first));
    llvm::Value* second = load(i64(), column(group_->second));
    llvm::Value* pair = builder_.CreateOr(builder_.CreateShl(first, 32), second);
    llvm::Value* hash = builder_.CreateMul(pair, builder_.getInt64(AIPOL_PAIR_A));
    hash = builder_.CreateXor(hash, builder_.CreateLShr(hash, 32));
    llvm::Value* bucket = builder_.CreateAnd(hash, load(i64(), index_, offsetof(AipolIndex, displacement_mask)));
    llvm::Value* displacements = load(pointer(), index_, offsetof(AipolIndex, displacements));
    llvm::Value* displacement = builder_.CreateZExt(load(i32(), element(displacements, bucket, 4)), i64());
    hash = builder_.CreateMul(builder_.CreateXor(hash, displacement), builder_.getInt64(AIPOL_PAIR_B));
    llvm::Value* slot = builder_.CreateAnd(builder_.CreateLShr(hash, 32), load(i64(), index_, offsetof(AipolIndex, pair_mask)));
    return slot_of(slot);
  }

  // Whether the slot is that of the pair. In memory the first symbol comes first.
  llvm::Value* is_pair(llvm::Value* slot) {
    llvm::Value* first = load(i64(), column(group_->first));
    llvm::Value* second = load(i64(), column(group_->second));
    llvm::Value* wanted = builder_.CreateOr(builder_.CreateShl(second, 32), first);
    return builder_.CreateICmpEQ(load(i64(), slot), wanted);
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

static_assert(sizeof(AipolRun) == 12 && sizeof(AipolSpan) == 8 && sizeof(AipolRows) == 8 &&
              offsetof(AipolIndex, runs) == 8 && offsetof(AipolTables, rows) == 8 && offsetof(AipolFired, count) == 8);

}  // namespace

void lower_stage(StageModule& stage, std::span<llvm::Function* const> shapes, const std::string& name) {
  Walk(stage, shapes, name).lower();
}

}  // namespace aipol::compiler
