// The parts of the page that tells a replay's results: HTML.
#pragma once

#include <string>

#include "replay/report.h"

namespace aipol::cli {

// Charts over time, and their numbers. Empty where no record has a time.
std::string replay_charts(const replay::Report& report);

// Changes, who is concerned, limits, routes, redactions, what is not known, what no record met.
std::string replay_tables(const replay::Report& report);

}  // namespace aipol::cli
