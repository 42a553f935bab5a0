// The workload as a plan and facts.
#pragma once

#include "plan/facts.h"
#include "plan/plan.h"
#include "runtime/abi/scratch.h"
#include "tests/support/workload.h"

namespace aipol::bench {

// One stage, a statement for each rule.
plan::Plan make_plan(const Workload& workload);

// What the facts point to lies in the scratch, request behind request.
plan::Facts make_facts(const Workload& workload, const Request& request, AipolScratch& scratch);

}  // namespace aipol::bench
