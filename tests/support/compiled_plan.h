// A plan compiled all the way, and decided by native code: what the differential tests and benchmarks run.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "base/result.h"
#include "compiler/jit/jit.h"
#include "plan/layout.h"
#include "runtime/abi/scratch.h"
#include "runtime/context/columns.h"
#include "runtime/decision/tables.h"

namespace aipol::testing {

class CompiledPlan {
 public:
  // The plan must outlive the result.
  static Result<CompiledPlan> compile(const plan::Plan& plan, compiler::Tier tier = compiler::Tier::fast);

  // Of what the pipeline has made.
  static Result<CompiledPlan> of(const plan::Plan& plan, plan::Layout layout, compiler::NativeCode code);

  // As plan::Interpreter has them.
  std::vector<uint32_t> fired(size_t stage, const plan::Facts& facts);
  // Of a node in the stage's `computed`; the stage must be the one that was asked last. Lives until the next is asked.
  AipolCell value(size_t stage, size_t number);

  const plan::Layout& layout() const { return layout_; }

 private:
  CompiledPlan() = default;

  const plan::Plan* plan_ = nullptr;
  plan::Layout layout_;
  compiler::NativeCode code_;
  std::vector<std::unique_ptr<const decision::Tables>> tables_;
  std::deque<context::ColumnMaker> makers_;
  context::ColumnBuffer buffer_;
  AipolScratch scratch_;
  std::vector<uint32_t> fired_;
};

}  // namespace aipol::testing
