// Decides a described call as the gateway decides a received one.
#pragma once

#include <string>

#include "runtime/decision/decision.h"
#include "runtime/decision/program.h"
#include "runtime/offline/described_call.h"

namespace aipol::offline {

// Completes the call (defaults, normalised path, the endpoint's model, a body read) and decides it.
// `described.call` is then what the policies saw.
decision::Decision decide(const decision::Program& program, DescribedCall& described);

}  // namespace aipol::offline
