// The proof by comparison: interpreter against native code.
#pragma once

#include <optional>
#include <string>

#include "compiler/jit/jit.h"
#include "tests/support/choices.h"

namespace aipol::testing {

// Compiles one random plan and decides `requests` random requests both ways. The first difference, with all that is
// needed to see it, or nothing.
std::optional<std::string> find_difference(Choices& choices, uint32_t requests,
                                           compiler::Tier tier = compiler::Tier::fast);

}  // namespace aipol::testing
