// What a search through commits found, in the forms of a replay's results.
#pragma once

#include <string>
#include <vector>

#include "replay/bisection.h"
#include "replay/gate.h"

namespace aipol::cli {

std::string bisection_output(const std::string& format, const replay::Bisection& found,
                             const std::vector<replay::Gate>& gates, bool colour);

}  // namespace aipol::cli
