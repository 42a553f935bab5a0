// A decision as the facts that expectations read: the sources `decision.…` of the plan.
#pragma once

#include "plan/facts.h"
#include "runtime/abi/scratch.h"
#include "runtime/decision/decision.h"

namespace aipol::testing {

// The values live as long as the plan, the decision and the scratch.
plan::Facts decision_facts(const plan::Plan& plan, const decision::Decision& decision,
                           AipolScratch& scratch);

}  // namespace aipol::testing
