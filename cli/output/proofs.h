// What was proved about a policy set, as people and programs read it.
#pragma once

#include <string>

#include "compiler/compile.h"

namespace aipol::cli {

// Diagnostics, then one line.
std::string proofs_text(const compiler::Compilation& compilation, bool colour);

// {"diagnostics":[…],…,"conflicts":[…]}, one line (docs/json.md).
std::string proofs_json(const compiler::Compilation& compilation);

}  // namespace aipol::cli
