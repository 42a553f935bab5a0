// Which of several refusals answers.
#pragma once

#include "plan/plan.h"

namespace aipol::planner {

inline constexpr uint32_t no_rank = ~0u;

// Fills Statement::rank. Those that have a rank are in their right order among each other, and only
// the others are looked for.
void rank_refusals(plan::Plan& plan);

}  // namespace aipol::planner
