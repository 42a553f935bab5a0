// Decisions as people and programs read them.
#pragma once

#include <string>
#include <vector>

#include "runtime/offline/explain.h"
#include "runtime/offline/simulation.h"

namespace aipol::cli {

struct Explained {
  std::vector<offline::Trace> traces;  // empty where they were not asked for
  std::vector<offline::Applied> effects;
};

// "deny 403 by financial_ai (policies.aipol:4): role needed"; with traces, a line for each
// statement below it.
std::string decision_text(const plan::Plan& plan, const offline::Outcome& outcome,
                          const Explained& explained);

// {"decision":"deny","status":403,…} (docs/json.md), one line.
std::string decision_json(const plan::Plan& plan, const offline::Outcome& outcome,
                          const Explained& explained);

}  // namespace aipol::cli
