// What bears on a decision, for those who expected another: a line for each statement.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/plan.h"
#include "runtime/decision/decision.h"
#include "runtime/offline/explain.h"

namespace aipol::testing {

// "deny of staff (staff.aipol:5) fired", "allow of staff (staff.aipol:4) did not: …": what fired,
// then the statements of the policy that was expected to decide, then what came nearest to firing.
// Past the first lines it says how many more there are.
std::vector<std::string> reasons(const plan::Plan& plan, const std::vector<offline::Trace>& traces,
                                 const decision::Decision& decision,
                                 std::optional<std::string_view> expected_policy);

}  // namespace aipol::testing
