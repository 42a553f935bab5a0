// The detectors that a policy file declares, as written, without the checker.
#pragma once

#include <string_view>
#include <vector>

#include "plan/detector.h"

namespace aipol::testing {

// `path` and `text` of a file of the package `std.NAME`; detectors are called `NAME.…`. Ends the
// process where it is no such file.
std::vector<plan::Detector> detectors_of(std::string_view path, std::string_view text);

}  // namespace aipol::testing
