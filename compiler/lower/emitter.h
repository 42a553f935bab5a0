// Emits expressions into one LLVM function. Operations are in one file per family (operations.h).
#pragma once

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

#include <array>
#include <unordered_map>
#include <vector>

#include "plan/cost.h"
#include "plan/layout.h"
#include "plan/loops.h"

namespace aipol::compiler {

// A value in registers: i1 (boolean), i64 (integer), double (real); i64 and i64 as in a cell (text, ip, lists).
struct Value {
  llvm::Value* a = nullptr;
  llvm::Value* b = nullptr;
};

// What the functions of one stage share.
struct StageModule {
  const plan::Plan& plan;
  const plan::StageLayout& layout;
  llvm::Module& module;
  plan::Costs costs;
  std::vector<plan::Levels> open;  // by node: the items that it reads
};

// Says that nothing writes what is loaded while a stage runs: columns, tables, rows.
llvm::LoadInst* unchanging(llvm::LoadInst* load);

class Emitter {
 public:
  // The builder stands in the function's entry block.
  Emitter(StageModule& stage, llvm::IRBuilder<>& builder, llvm::Value* columns, llvm::Value* scratch);

  // The row of parameters that pieces read from now on.
  void use_row(llvm::Value* parameters) { parameters_ = parameters; }

  Value emit(plan::Piece piece);
  llvm::Value* emit_boolean(plan::Piece piece) { return emit(piece).a; }
  // Loads the columns that a piece reads, so that a loop that follows need not.
  void emit_leaves(plan::NodeId node);
  // a and b, and so on; what is expensive is emitted behind branches, last.
  llvm::Value* emit_all(std::span<const plan::Piece> pieces);
  llvm::Value* emit_any(std::span<const plan::Piece> pieces);

  // For operations, on arguments of the node being emitted.
  Value argument(plan::NodeId node, size_t i) { return emit({layout().code.argument(node, i), base_}); }
  plan::Rep argument_rep(plan::NodeId node, size_t i) const {
    return layout().code[layout().code.argument(node, i)].rep;
  }
  std::vector<plan::Piece> argument_pieces(plan::NodeId node) const;
  bool cheap(plan::NodeId node) { return eager() || stage_.costs.of(node) <= plan::cheap; }

  // `condition ? emit(yes) : emit(no)` by a branch.
  Value branch(llvm::Value* condition, plan::Piece yes, plan::Piece no);

  // A loop while its body is emitted: the list it runs over, and where it stands.
  struct Loop {
    plan::Piece list;
    llvm::Value* at = nullptr;  // null: no such loop is open
    size_t scope = 0;           // what depends on its item is known from here on
  };
  // Opens a loop. Returns the one of this level that it hides, to be given to `leave`.
  Loop enter(uint32_t level, Loop loop);
  void leave(uint32_t level, Loop outer);
  const Loop& loop(uint32_t level) const { return loops_[level]; }
  // What the piece reads that is the same for all items of the innermost loop: emitted before it runs.
  void emit_invariants(plan::Piece piece, uint32_t level);

  Value load_cell(llvm::Value* cell, plan::Rep rep);
  void store_cell(Value value, plan::Rep rep, llvm::Value* cell);
  // The cell of a column; columns stay what they are while a stage runs.
  Value load_column(uint32_t number, plan::Rep rep);
  llvm::Value* parameter_word(uint32_t word);
  // The address of a cell of zeros.
  llvm::Value* zero_cell();

  // A function of stdlib/native/support.def; a truth value as i1.
  llvm::Value* call_support(llvm::StringRef name, std::span<llvm::Value* const> arguments);
  llvm::Value* call_test(llvm::StringRef name, std::initializer_list<Value> arguments);
  Value call_native(const std::string& symbol, std::span<const Value> arguments, std::span<const plan::Rep> reps,
                    plan::Rep result);

  const plan::StageLayout& layout() const { return stage_.layout; }
  const plan::Plan& plan() const { return stage_.plan; }
  llvm::IRBuilder<>& builder() { return builder_; }
  llvm::Value* scratch() { return scratch_; }
  llvm::IntegerType* i64() { return builder_.getInt64Ty(); }

 private:
  using Scope = std::unordered_map<uint64_t, Value>;

  Value known(plan::Piece piece) const;
  // What is known from scopes before this one was for other items.
  size_t first_scope(plan::NodeId node) const;
  Value cell_value(plan::Rep rep, llvm::Value* a, llvm::Value* b);
  // Shared parts are emitted anew in every branch; past this many, branches cost more than they save.
  bool eager() const { return emitted_ > 4096; }
  llvm::Value* short_circuit(std::span<const plan::Piece> pieces, bool all);
  llvm::AllocaInst* reserved(llvm::AllocaInst*& place, uint64_t cells);

  StageModule& stage_;
  llvm::IRBuilder<>& builder_;
  llvm::Value* columns_;
  llvm::Value* scratch_;
  llvm::Value* parameters_ = nullptr;
  uint32_t base_ = 0;
  uint32_t emitted_ = 0;
  std::vector<Scope> scopes_{1};
  std::array<Loop, plan::most_levels> loops_{};
  llvm::AllocaInst* arguments_ = nullptr;  // of native calls; one place serves all, none outlives its call
  llvm::AllocaInst* result_ = nullptr;
};

}  // namespace aipol::compiler
