// Statements that would do the same thing to one request.
#pragma once

#include "compiler/prove/dead.h"

namespace aipol::prove {

void find_conflicts(Prover& prover, const Living& living, Findings& out);

}  // namespace aipol::prove
