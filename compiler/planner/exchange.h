// A plan in which some policies give way to others.
#pragma once

#include <span>

#include "compiler/ir/policy_set.h"
#include "compiler/planner/places.h"
#include "plan/plan.h"

namespace aipol::planner {

// Of the plan the policies [first, first + count), of the set those [fresh, fresh + fresh_count).
struct Exchange {
  uint32_t first = 0, count = 0;
  uint32_t fresh = 0, fresh_count = 0;
};

// The plan that `plan` makes of the whole set, to the byte, from the plan of the set as it was and
// a set of the fresh policies with all other declarations. No policy that comes or goes has a
// `limit`; what else the whole set numbers, enumerations, detectors and questions, is numbered
// alike in both. Exchanges are ascending, of plan and set. What the plan's policies share a file
// with moved as `moved` says.
void exchange(plan::Plan& plan, const ir::PolicySet& set, const source::Files& files,
              std::span<const Exchange> exchanges, std::span<const MovedLines> moved);

}  // namespace aipol::planner
