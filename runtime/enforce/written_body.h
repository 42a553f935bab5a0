// The body of a call as JSON: as it came or, of a call to a model that is described without its
// body, as its parts say.
#pragma once

#include <string>

#include "runtime/context/call.h"

namespace aipol::enforce {

std::string written_body(const context::Call& call);

}  // namespace aipol::enforce
