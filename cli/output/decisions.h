// Decisions as people and programs read them.
#pragma once

#include <string>
#include <vector>

#include "runtime/decision/decision.h"
#include "runtime/offline/explain.h"

namespace aipol::cli {

// "deny 403 by financial_ai (policies.aipol:4): role needed"; with traces, a line for each
// statement below it.
std::string decision_text(const plan::Plan& plan, const decision::Decision& decision,
                          const std::vector<offline::Trace>& traces);

// {"decision":"deny","status":403,…} (docs/json.md), one line.
std::string decision_json(const plan::Plan& plan, const decision::Decision& decision,
                          const std::vector<offline::Trace>& traces);

}  // namespace aipol::cli
