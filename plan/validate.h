// Whether a plan is what interpreter and compiler rely on: arity, representations, payloads,
// limits. For checks of our own code; nothing an author writes may give a plan that fails here.
#pragma once

#include <optional>
#include <string>

#include "plan/plan.h"

namespace aipol::plan {

// What is wrong first, or nothing.
std::optional<std::string> validate(const Plan& plan);

// Expressions may be this deep: operations nested in operations. The planner refuses deeper ones.
inline constexpr uint32_t most_depth = 1000;

}  // namespace aipol::plan
