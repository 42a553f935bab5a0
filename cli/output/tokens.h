// The tokens of policy text, for colouring: it need not be right to be read.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace aipol::cli {

struct Token {
  uint32_t begin = 0, end = 0;
  std::string_view kind;  // comment, string, number, word (of the language)
};

// Those that have a colour, in their order.
std::vector<Token> tokens_of(std::string_view text);

}  // namespace aipol::cli
