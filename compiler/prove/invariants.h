// Invariants, proved for every request that the identities and endpoints of a set could produce, or
// broken by one.
#pragma once

#include "base/result.h"
#include "compiler/prove/verdict.h"
#include "plan/tests.h"

namespace aipol::prove {

// By invariant. Their conditions are nodes of the plan. An error says why nothing can be proved.
Result<std::vector<Verdict>> decide(const plan::Plan& plan,
                                    const std::vector<plan::Invariant>& invariants);

}  // namespace aipol::prove
