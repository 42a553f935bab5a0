// The texts that a record shows, as the policies that log them say.
#pragma once

#include <optional>

#include "plan/plan.h"
#include "runtime/audit/entry.h"
#include "runtime/enforce/assets.h"

namespace aipol::audit {

// Nothing unless a policy logs the payload. What the record's detectors find is replaced; a
// detector that can not be asked hides the whole text.
std::optional<Payload> payload_of(const enforce::Record& record, const context::Call& call,
                                  const plan::Plan& plan, const enforce::Assets& assets);

}  // namespace aipol::audit
