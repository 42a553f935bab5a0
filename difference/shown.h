// Whether a request shows the difference that is claimed of it.
#pragma once

#include <vector>

#include "difference/questions.h"
#include "difference/trial.h"

namespace aipol::difference {

// What the set does with a request for which those statements fired; of statements of which only
// the first counts that one. An act that is counted by itself stands there as often as it is done.
std::vector<std::string> done(const std::vector<Rule>& rules, const Seen& seen);

// `lost` and `gained` are left with what is shown.
bool shows(Question& question, const Both<std::vector<Rule>>& rules, const Both<Seen>& seen);

}  // namespace aipol::difference
