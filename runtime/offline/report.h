// Decisions as people and programs read them.
#pragma once

#include <string>
#include <vector>

#include "runtime/offline/explain.h"
#include "runtime/offline/simulation.h"

namespace aipol::offline {

// How the call that a simulation decided last came to its decision.
struct Explained {
  std::vector<Trace> traces;  // empty where they were not asked for
  std::vector<Applied> effects;
};

// `statements`: with a trace of each.
Explained explained(const Simulation& simulation, const Outcome& outcome, bool statements);

// "deny 403 by financial_ai (policies.aipol:4): role needed"; with traces, a line for each
// statement below it.
std::string decision_text(const plan::Plan& plan, const Outcome& outcome,
                          const Explained& explained);

// {"decision":"deny","status":403,…} (docs/json.md), one line.
std::string decision_json(const plan::Plan& plan, const Outcome& outcome,
                          const Explained& explained);

}  // namespace aipol::offline
