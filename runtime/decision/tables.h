// The data that one stage's native code reads: indexes, rows of parameters, compiled patterns. Pure data made from the
// plan and its layout, immutable, shared by threads.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "base/result.h"
#include "plan/cells.h"
#include "plan/layout.h"
#include "runtime/abi/decision.h"
#include "runtime/decision/table_memory.h"
#include "stdlib/native/regex.h"
#include "stdlib/native/support.h"

namespace aipol::decision {

class Tables {
 public:
  // The plan must outlive the tables; the layout need not. An error names a pattern that does not compile.
  static Result<std::unique_ptr<const Tables>> build(const plan::Plan& plan, const plan::StageLayout& layout);
  Tables(const Tables&) = delete;

  const AipolTables* abi() const { return &abi_; }

  // What is computed on demand, in the order of plan::Stage::computed: which of the layout's values, and its parameters.
  struct Computed {
    uint32_t shape;
    const uint64_t* parameters;
  };
  const Computed& computed(size_t number) const { return computed_[number]; }

 private:
  Tables() = default;
  friend class TablesBuilder;

  AipolTables abi_{};
  std::vector<AipolIndex> indexes_;
  std::vector<AipolRows> rows_;
  std::vector<Computed> computed_;
  // What those point to.
  std::deque<std::vector<AipolRun>> runs_;
  TableMemory memory_;
  std::deque<std::vector<uint32_t>> numbers_;
  plan::CellStore cells_;
  std::deque<native::Regex> patterns_;
  std::deque<native::Globs> globs_;
};

}  // namespace aipol::decision
