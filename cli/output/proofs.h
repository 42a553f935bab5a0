// What was proved about a policy set, as people and programs read it.
#pragma once

#include <string>

#include "compiler/compile.h"
#include "invariants/judge.h"

namespace aipol::cli {

// Diagnostics, then the invariants that are not proved and what is.
std::string proofs_text(const compiler::Compilation& compilation,
                        const std::vector<invariants::Judgement>& judged, bool colour);

// {"diagnostics":[…],…,"invariants":[…],"conflicts":[…]}, one line (docs/json.md).
std::string proofs_json(const compiler::Compilation& compilation,
                        const std::vector<invariants::Judgement>& judged);

}  // namespace aipol::cli
