// Texts that are found: by a pattern, by detectors.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plan/plan.h"

namespace aipol::prove {

// A few texts in which the RE2 pattern has a match; none where it is too contrived.
std::vector<std::string> samples_of(std::string_view pattern);
// A few texts in which the detector finds something, as far as its patterns go.
std::vector<std::string> samples_of(const plan::Detector& detector);

}  // namespace aipol::prove
