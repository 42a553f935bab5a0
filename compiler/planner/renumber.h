// Numbers by the order in which a plan names things, so that equal sets have equal plans however
// they were made.
#pragma once

#include "plan/plan.h"

namespace aipol::planner {

// Sources, constants, natives and nodes in the order in which meters, questions and statements name
// them, as the planner meets them; what none of these names is left out. The stages are not made
// yet.
void renumber(plan::Plan& plan);

}  // namespace aipol::planner
