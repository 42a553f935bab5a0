// Declarations that differ between two sets: what models, providers, meters and settings are.
#pragma once

#include <vector>

#include "difference/difference.h"

namespace aipol::difference {

// Secrets are told by where they come from, never by their text.
std::vector<Declared> declared_differences(const compiler::Compilation& before,
                                           const compiler::Compilation& after,
                                           const Both<std::string>& folders);

}  // namespace aipol::difference
