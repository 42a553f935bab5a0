// The workload as a plan and facts.
#pragma once

#include <deque>

#include "plan/cells.h"
#include "plan/facts.h"
#include "plan/plan.h"
#include "tests/support/workload.h"

namespace aipol::bench {

// One stage, a statement for each rule.
plan::Plan make_plan(const Workload& workload);

// What facts point to.
struct FactStore {
  std::deque<plan::Constant> values;
  plan::CellStore cells;
};
plan::Facts make_facts(const Workload& workload, const Request& request, FactStore& store);

}  // namespace aipol::bench
