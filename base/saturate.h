// Arithmetic that stops at the ends of its range instead of overflowing; what policies' + - * / %
// mean.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace aipol {

inline constexpr int64_t int_min = std::numeric_limits<int64_t>::min();
inline constexpr int64_t int_max = std::numeric_limits<int64_t>::max();

inline int64_t saturating_add(int64_t a, int64_t b) {
  int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? (a < 0 ? int_min : int_max) : sum;
}
inline int64_t saturating_subtract(int64_t a, int64_t b) {
  int64_t difference = 0;
  return __builtin_sub_overflow(a, b, &difference) ? (a < 0 ? int_min : int_max) : difference;
}
inline int64_t saturating_multiply(int64_t a, int64_t b) {
  int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? ((a < 0) != (b < 0) ? int_min : int_max)
                                                : product;
}
// Towards zero; b is not zero.
inline int64_t saturating_divide(int64_t a, int64_t b) {
  return a == int_min && b == -1 ? int_max : a / b;
}
inline int64_t total_remainder(int64_t a, int64_t b) { return b == -1 ? 0 : a % b; }

inline double saturated(double value) {
  constexpr double most = std::numeric_limits<double>::max();
  return std::clamp(value, -most, most);
}

}  // namespace aipol
