// The proof by comparison: interpreter against native code.
#pragma once

#include <optional>
#include <string>

#include "tests/support/choices.h"

namespace aipol::testing {

// Compiles one random plan and decides `requests` random requests both ways. The first difference, with all that is
// needed to see it, or nothing.
std::optional<std::string> find_difference(Choices& choices, uint32_t requests);

}  // namespace aipol::testing
