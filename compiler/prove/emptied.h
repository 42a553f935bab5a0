// Routes that no candidate is left of.
#pragma once

#include "compiler/prove/dead.h"

namespace aipol::prove {

void find_emptied(Prover& prover, const Living& living, Findings& out);

}  // namespace aipol::prove
