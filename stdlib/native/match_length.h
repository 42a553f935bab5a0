// How long the matches of a regular expression can be, read off the expression (RE2's syntax).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace aipol::native {

// In bytes of UTF-8.
struct MatchLength {
  uint64_t shortest = 0;  // no match is shorter; some may all be longer
  std::optional<uint64_t>
      longest;  // no match is longer; nothing where there is no bound or none is found
  bool operator==(const MatchLength&) const = default;
};

// Of an expression that RE2 accepts. Of what is not understood nothing is promised: {0, nothing}.
MatchLength match_length(std::string_view pattern);

// The longest alone: what redacting needs, because a match split over pieces of a stream must be
// held back whole.
inline std::optional<uint64_t> longest_match(std::string_view pattern) {
  return match_length(pattern).longest;
}

}  // namespace aipol::native
