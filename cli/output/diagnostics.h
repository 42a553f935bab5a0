// Diagnostics as people and programs read them: a form each, `--format NAME`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostics.h"

namespace aipol::cli {

// Every diagnostic as in the terminal, then how many there were; empty where there are none.
std::string diagnostics_text(const diagnostics::Diagnostics& diagnostics,
                             const source::Files& files, bool colour);

// {"diagnostics":[…],"summary":{"errors":1,"warnings":0}}, one line (docs/json.md).
std::string diagnostics_json(const diagnostics::Diagnostics& diagnostics,
                             const source::Files& files);

// A SARIF 2.1.0 log of one run, with the pages of its rules.
std::string diagnostics_sarif(const diagnostics::Diagnostics& diagnostics,
                              const source::Files& files);

// The workflow commands of GitHub Actions that annotate a change, a line each.
std::string diagnostics_github(const diagnostics::Diagnostics& diagnostics,
                               const source::Files& files);

// The names of the forms that programs read; `text` is not among them.
const std::vector<std::string>& diagnostics_formats();

// In the form of that name, one of `diagnostics_formats()`.
std::string diagnostics_in(std::string_view format, const diagnostics::Diagnostics& diagnostics,
                           const source::Files& files);

}  // namespace aipol::cli
