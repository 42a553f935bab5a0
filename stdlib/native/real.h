// Reals that become integers.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

namespace aipol::native {

// To the nearest, halves away from zero; what no integer holds is the least or the greatest. Not for NaN.
inline int64_t rounded(double value) {
  if (value >= 0x1p63) return std::numeric_limits<int64_t>::max();
  if (value < -0x1p63) return std::numeric_limits<int64_t>::min();
  return std::llround(value);
}

}  // namespace aipol::native
