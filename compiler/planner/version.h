// The hash by which a policy set is known: equal where what it decides and declares is the same.
#pragma once

#include <string>

#include "plan/plan.h"

namespace aipol::planner {

std::string version_of(const plan::Plan& plan);

}  // namespace aipol::planner
