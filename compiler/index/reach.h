// Decides how many rows of a key are tested without asking how many it has.
#pragma once

#include "plan/cost.h"
#include "plan/layout.h"

namespace aipol::compiler {

// Fills Group::ahead and Group::reach; entries and rows are complete.
void choose_reach(plan::StageLayout& layout, plan::Costs& costs);

}  // namespace aipol::compiler
