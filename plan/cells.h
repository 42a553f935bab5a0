// Constants as cells (runtime/abi/cell.h), and what a source reads as where the traffic says
// nothing.
#pragma once

#include <deque>
#include <vector>

#include "plan/facts.h"
#include "plan/plan.h"

namespace aipol::plan {

// Owns the cells of lists; the texts stay the constants', which must outlive the store.
class CellStore {
 public:
  // Networks and ranges have no cell: they give zeros.
  AipolCell cell(const Constant& constant);

 private:
  std::deque<std::vector<AipolCell>> lists_;
};

// By source, the cell that stands for an absent or unknown value: the fallback, else the
// representation's zero.
class Defaults {
 public:
  explicit Defaults(const Plan& plan);

  AipolCell value(const Plan& plan, const Facts& facts, SourceId source) const;
  static bool present(const Plan& plan, const Facts& facts, SourceId source);

 private:
  CellStore store_;
  std::vector<AipolCell> cells_;
};

}  // namespace aipol::plan
