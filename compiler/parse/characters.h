// The classes of ASCII characters that the scanner tells apart.
#pragma once

namespace aipol::parse {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_word_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
constexpr bool is_word(char c) { return is_word_start(c) || is_digit(c); }

}  // namespace aipol::parse
