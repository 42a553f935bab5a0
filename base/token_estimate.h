// The tokens of a text where no tokenizer is declared, by one rule that all share: four bytes are a
// token, but a character of Chinese, Japanese or Korean (U+3000 to U+9FFF, U+AC00 to U+D7FF, U+FF00
// to U+FFFF) is one, and a character beyond U+FFFF (emoji, rare scripts) is two.
#pragma once

#include <cstddef>
#include <string_view>

namespace aipol {

// In quarters of a token, so that parts add up to the whole. Invalid bytes count as bytes.
size_t quarter_tokens(std::string_view text);

inline size_t whole_tokens(size_t quarters) { return (quarters + 3) / 4; }

inline size_t estimated_tokens(std::string_view text) { return whole_tokens(quarter_tokens(text)); }

}  // namespace aipol
