// Coverage by policy, as authors see it: what is written once counts once, whatever it became in
// the plan. Policies of the standard library are left out.
#pragma once

#include <string>
#include <vector>

#include "plan/plan.h"
#include "testing/coverage.h"

namespace aipol::testing {

struct Share {
  size_t hit = 0, total = 0;

  double percent() const {  // of nothing, all
    return total == 0 ? 100 : 100 * static_cast<double>(hit) / static_cast<double>(total);
  }
};

struct CoveredStatement {
  plan::Place place;
  plan::Effect effect = plan::Effect::allow;
  bool can_refuse = false;  // deny, require and limit, unless they are in shadow
  uint64_t fired = 0, refused = 0;
};

// A part of a guard. Both of its outcomes are to be seen.
struct CoveredCondition {
  plan::Place place;
  std::string text;
  Outcomes outcomes;
};

struct CoveredPolicy {
  plan::Policy policy;
  std::vector<CoveredStatement> statements;  // in the order written
  std::vector<CoveredCondition> conditions;  // by place

  bool fired() const;
};

struct CoverageSummary {
  std::vector<CoveredPolicy> policies;  // by place
  Share of_policies, of_statements;     // that fired
  Share of_conditions;                  // outcomes
  Share of_refusals;                    // of statements that can refuse, those that did
};

CoverageSummary summarize(const plan::Plan& plan, const Coverage& coverage);

}  // namespace aipol::testing
