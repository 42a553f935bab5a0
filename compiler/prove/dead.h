// Statements that can never fire.
#pragma once

#include "compiler/prove/findings.h"
#include "compiler/prove/prover.h"

namespace aipol::prove {

// By statement, a request for which it fires, where one is known.
using Living = std::vector<std::optional<World>>;

Living find_dead(Prover& prover, Findings& out);

}  // namespace aipol::prove
