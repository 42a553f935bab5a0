// The two policy sets of a comparison.
#pragma once

#include <cstdint>

namespace aipol::difference {

enum class Side : uint8_t { before, after };
inline constexpr Side sides[] = {Side::before, Side::after};
inline constexpr Side other(Side side) { return side == Side::before ? Side::after : Side::before; }

// One of each.
template <class T>
struct Both {
  T before, after;
  T& operator[](Side side) { return side == Side::before ? before : after; }
  const T& operator[](Side side) const { return side == Side::before ? before : after; }
};

}  // namespace aipol::difference
