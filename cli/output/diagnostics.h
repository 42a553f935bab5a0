// Diagnostics as people and programs read them.
#pragma once

#include <cstdio>
#include <string>

#include "compiler/diagnostics/diagnostics.h"

namespace aipol::cli {

// Every diagnostic as in the terminal, then how many there were; empty where there are none.
std::string diagnostics_text(const diagnostics::Diagnostics& diagnostics,
                             const source::Files& files, bool colour);

// {"diagnostics":[…],"summary":{"errors":1,"warnings":0}}, one line (docs/json.md).
std::string diagnostics_json(const diagnostics::Diagnostics& diagnostics,
                             const source::Files& files);

}  // namespace aipol::cli
