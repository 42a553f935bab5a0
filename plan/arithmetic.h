// The arithmetic of policies: integers saturate, reals stay finite. Interpreter and constant folding share it; native
// code must agree.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace aipol::plan {

inline constexpr int64_t least = std::numeric_limits<int64_t>::min();
inline constexpr int64_t greatest = std::numeric_limits<int64_t>::max();

inline int64_t add(int64_t a, int64_t b) {
  int64_t sum;
  return __builtin_add_overflow(a, b, &sum) ? (b < 0 ? least : greatest) : sum;
}
inline int64_t subtract(int64_t a, int64_t b) {
  int64_t difference;
  return __builtin_sub_overflow(a, b, &difference) ? (b < 0 ? greatest : least) : difference;
}
inline int64_t multiply(int64_t a, int64_t b) {
  int64_t product;
  return __builtin_mul_overflow(a, b, &product) ? ((a < 0) == (b < 0) ? greatest : least) : product;
}
// b is not zero.
inline int64_t divide(int64_t a, int64_t b) { return b == -1 ? subtract(0, a) : a / b; }
inline int64_t remainder(int64_t a, int64_t b) { return b == -1 ? 0 : a % b; }

// What a computed or received real counts as: infinities are the largest finite numbers, NaN is zero.
inline double finite(double value) {
  constexpr double limit = std::numeric_limits<double>::max();
  return std::isnan(value) ? 0.0 : std::clamp(value, -limit, limit);
}

// Towards zero, saturating.
inline int64_t to_integer(double value) {
  if (value >= 0x1p63) return greatest;
  if (value < -0x1p63) return least;
  return static_cast<int64_t>(value);
}

}  // namespace aipol::plan
