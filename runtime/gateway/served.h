// What the gateway can not do yet of what a policy set says. It refuses to serve such a set: a rule
// that is not enforced would be a hole that nobody sees.
#pragma once

#include "base/result.h"
#include "plan/plan.h"

namespace aipol::gateway {

// The error names the first such thing, and where it stands.
Result<void> check_served(const plan::Plan& plan);

}  // namespace aipol::gateway
