// Texts without what phrases ignore: case, accents, spacing, punctuation, characters without width,
// and the script of letters that look alike (letters.def). What is left are letters and digits.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aipol::native {

// One character of a text, folded.
struct Folded {
  char bytes[4] = {};  // a to z and digits; other letters in UTF-8
  uint8_t size = 0;    // of these; 0: the character is ignored
  uint8_t width =
      1;  // of the character in the text; bytes that are not UTF-8 are ignored one by one
  bool capital_i = false;    // looks like an l
  bool joins_words = false;  // stands in words of a script with spaces between words
};

// What a byte of ASCII becomes: a letter or digit, 0 for what is ignored, itself for `@` and `$`.
inline constexpr auto folded_ascii = [] {
  std::array<char, 128> table{};
  for (char c = '0'; c <= '9'; ++c) table[static_cast<size_t>(c)] = c;
  for (char c = 'a'; c <= 'z'; ++c)
    table[static_cast<size_t>(c)] = table[static_cast<size_t>(c - 32)] = c;
  for (char c : {'@', '$'}) table[static_cast<size_t>(c)] = c;
  return table;
}();

// For what is no letter, digit or blank of ASCII.
Folded fold_rare(std::string_view text, size_t at);

// The character that begins at `at`, which is inside the text.
inline Folded fold(std::string_view text, size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte >= 128 || byte == '@' || byte == '$') return fold_rare(text, at);
  Folded folded;
  folded.bytes[0] = folded_ascii[byte];
  folded.size = folded.bytes[0] != 0;
  folded.capital_i = byte == 'I';
  folded.joins_words = folded.size != 0;
  return folded;
}

// The letter that a byte of folded text stands for where somebody writes digits and signs for
// letters: `0` for o, `1` and i for l, `@` for a. Other bytes are themselves.
uint8_t sound_of(char folded);

}  // namespace aipol::native
