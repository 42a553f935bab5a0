// What was proved as the author's mistakes, at their places.
#pragma once

#include "compiler/diagnostics/diagnostics.h"
#include "compiler/ir/policy_set.h"
#include "compiler/prove/findings.h"

namespace aipol::prove {

// The plan was made from the set.
void report(const Findings& findings, const ir::PolicySet& set, const plan::Plan& plan,
            diagnostics::Diagnostics& out);

}  // namespace aipol::prove
