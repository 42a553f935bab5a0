// The texts that a record shows, as the policies that log them say.
#pragma once

#include <optional>

#include "runtime/audit/entry.h"
#include "runtime/enforce/passage.h"

namespace aipol::audit {

// Nothing unless a policy logs the payload. The call is what the client sent and got; what the
// policies have redacted in records is replaced. After Passage::finish.
std::optional<Payload> payload_of(const enforce::Passage& passage, const context::Call& call);

}  // namespace aipol::audit
