// What expectations read of a call that was decided: the decision, the audit record, the answer,
// the call as it was forwarded, meters with it counted.
#pragma once

#include "plan/facts.h"
#include "plan/interpret.h"
#include "runtime/abi/scratch.h"
#include "runtime/offline/simulation.h"

namespace aipol::testing {

// `decided` is what the call was when it was decided, and its answer. The values live as long as
// all of them and the scratch.
plan::Facts expectation_facts(offline::Simulation& simulation, const context::Call& decided,
                              const offline::Outcome& outcome, plan::Interpreter& interpreter,
                              AipolScratch& scratch);

// Policies that the outcome rests on: those that refused, or allowed.
std::vector<std::string> reasons_of(const plan::Plan& plan, const decision::Decision& decision);

}  // namespace aipol::testing
