// Allows that are always refused.
#pragma once

#include "compiler/prove/dead.h"

namespace aipol::prove {

void find_refused(Prover& prover, const Living& living, Findings& out);

}  // namespace aipol::prove
