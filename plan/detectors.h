// A plan's detectors, ready to find.
#pragma once

#include <span>

#include "base/result.h"
#include "plan/detector.h"
#include "stdlib/native/detect.h"

namespace aipol::plan {

// What compiled code gets as the handle is the address of the result.
Result<native::Detectors> compiled(std::span<const Detector> detectors);

}  // namespace aipol::plan
