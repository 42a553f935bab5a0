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

// Compiles one random policy set from its text and decides `calls` random calls both ways.
std::optional<std::string> find_policy_difference(Choices& choices, uint32_t calls);

}  // namespace aipol::testing
