// What meters add up.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "base/saturate.h"

namespace aipol::meters {

// In the meter's unit: requests, tokens, nano-dollars. Sums of integers are in ones, sums of reals
// in millionths
// (`amount_of`), so that adding and giving back is exact: up to 9.2e12 with six places behind the
// point.
using Amount = int64_t;

inline constexpr double amounts_per_real = 1e6;

// To the nearest millionth; saturating, and 0 for what is no number.
inline Amount amount_of(double real) {
  double scaled = real * amounts_per_real;
  if (std::isnan(scaled)) return 0;
  if (scaled >= 0x1p63) return int_max;
  if (scaled <= -0x1p63) return int_min;
  return std::llround(scaled);
}
inline double real_of(Amount amount) { return static_cast<double>(amount) / amounts_per_real; }

// A wait that does not end.
inline constexpr int64_t never = int_max;

// Totals, and products of an amount and a time: neither overflows here.
__extension__ typedef __int128 Wide;

inline Amount narrow(Wide value) {
  return static_cast<Amount>(std::clamp<Wide>(value, int_min, int_max));
}

}  // namespace aipol::meters
