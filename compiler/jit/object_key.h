// Names an object file by all that decides what it holds.
#pragma once

#include <string>
#include <string_view>

#include "compiler/jit/jit.h"

namespace aipol::compiler {

// A cache_key over the fingerprint, the tier and this CPU.
std::string object_key(std::string_view fingerprint, Tier tier);

}  // namespace aipol::compiler
