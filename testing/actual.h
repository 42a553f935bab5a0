// What came instead of what an expectation wanted.
#pragma once

#include <optional>
#include <string>

#include "plan/interpret.h"
#include "plan/plan.h"
#include "runtime/offline/simulation.h"

namespace aipol::testing {

// "allow", or "deny 403 by financial_ai: a message".
std::string describe(const plan::Plan& plan, const decision::Decision& decision);

// Of an expectation that does not hold: the decision, where it asks for nothing else; otherwise
// what it reads and the values found, "`response.status` is 500".
std::string actual_of(const plan::Plan& plan, plan::NodeId condition,
                      const offline::Outcome& outcome, plan::Interpreter& interpreter,
                      const plan::Facts& facts);

// The policy that an expectation names, `expect deny by POLICY`.
std::optional<std::string> policy_named(const plan::Plan& plan, plan::NodeId condition);

}  // namespace aipol::testing
