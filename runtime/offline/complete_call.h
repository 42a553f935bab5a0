// What a described call leaves out, as the gateway would find it: defaults, the normalised path,
// the endpoint's model, a body read, what headers bear.
#pragma once

#include <optional>

#include "runtime/decision/decision.h"
#include "runtime/decision/program.h"
#include "runtime/offline/described_call.h"

namespace aipol::offline {

// The head; finds the endpoint. A refusal where the gateway would not let policies see the call.
std::optional<decision::Decision> complete_head(const decision::Program& program,
                                                DescribedCall& described);
// The body, of a call whose endpoint was found.
std::optional<decision::Decision> complete_body(const decision::Program& program,
                                                DescribedCall& described);

}  // namespace aipol::offline
