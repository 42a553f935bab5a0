// Where the characters of UTF-8 texts begin.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace aipol {

inline bool begins_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
}

// Code points: bytes that do not continue one.
inline size_t characters_in(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(text, begins_character));
}

// The last place up to `at` that is not within a character.
inline size_t character_before(std::string_view text, size_t at) {
  while (at > 0 && at < text.size() && !begins_character(text[at])) --at;
  return at;
}

}  // namespace aipol
