// A typed policy set -> the decision plan: shared nodes instead of trees, numbers instead of names,
// statements by phase.
#pragma once

#include <vector>

#include "compiler/ir/policy_set.h"
#include "plan/plan.h"
#include "plan/tests.h"

namespace aipol::planner {

plan::Plan plan(const ir::PolicySet& set, const source::Files& files);

// The set's invariants. Their conditions become nodes of the plan that was made from the same set.
std::vector<plan::Invariant> plan_invariants(const ir::PolicySet& set, const source::Files& files,
                                             plan::Plan& plan);

// The set's tests. Their expectations become nodes of the plan that was made from the same set.
std::vector<plan::Test> plan_tests(const ir::PolicySet& set, const source::Files& files,
                                   plan::Plan& plan);

}  // namespace aipol::planner
