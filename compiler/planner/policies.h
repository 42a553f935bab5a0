// Policies -> statements of the plan.
#pragma once

#include "compiler/ir/policy_set.h"
#include "compiler/planner/nodes.h"

namespace aipol::planner {

// Appends the policy and its statements; nothing of a disabled one. The set's meters are planned.
void plan_policy(const ir::PolicySet& set, const ir::Policy& policy, const source::Files& files,
                 Nodes& nodes, plan::Plan& out);

}  // namespace aipol::planner
