// Reals of policies: always finite. Integers are in base/saturate.h.
#pragma once

#include <cmath>
#include <cstdint>

#include "base/saturate.h"

namespace aipol::plan {

// What a computed or received real counts as: infinities are the largest finite numbers, NaN is
// zero.
inline double finite(double value) { return std::isnan(value) ? 0.0 : saturated(value); }

// Towards zero, saturating.
inline int64_t to_integer(double value) {
  if (value >= 0x1p63) return int_max;
  if (value < -0x1p63) return int_min;
  return static_cast<int64_t>(value);
}

}  // namespace aipol::plan
