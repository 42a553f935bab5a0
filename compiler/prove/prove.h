// The step behind the plan: dead code and conflicts of a policy set, decided.
#pragma once

#include "compiler/prove/findings.h"

namespace aipol::prove {

Findings prove(const plan::Plan& plan);

}  // namespace aipol::prove
