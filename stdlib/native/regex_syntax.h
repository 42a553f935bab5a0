// The structure of a regular expression (RE2's syntax), as far as it is needed to reason about its
// matches: how long they are (match_length.h), what they begin with (match_prefix.h).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aipol::native {

struct RegexNode {
  enum class Kind : uint8_t {
    nothing,    // an assertion (`^`, `$`, `\b`, …) or nothing at all: it takes no character
    character,  // one character out of some, as `text` says
    sequence,   // parts, one after the other
    choice,     // one of the parts
    repeat      // parts[0], `least` to `most` times
  } kind = Kind::nothing;
  static constexpr uint64_t endless = ~uint64_t{0};

  std::string text;                    // of an assertion or a character: as it was written
  std::string flags;                   // that hold there: "i", "ms"; empty: none
  uint64_t shortest = 0, longest = 0;  // of a character: bytes
  uint64_t least = 0, most = endless;  // of a repeat
  std::vector<RegexNode> parts;
};

// Of an expression that RE2 accepts; nothing of one that is not understood.
std::optional<RegexNode> read_regex(std::string_view pattern);

}  // namespace aipol::native
