// What is decided, computed and read in each phase.
#pragma once

#include "plan/plan.h"

namespace aipol::planner {

// Fills Plan::stages from statements, meters and questions: a stage for each phase in which there is anything to do.
void plan_stages(plan::Plan& plan);

}  // namespace aipol::planner
