// The tokens of an encoding as its file has them: read where they lie (data/tokens/*.mjs write
// them).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "runtime/tokens/classes.h"

namespace aipol::tokens {

// The rank of a token: tokens of lower rank are merged first.
using Token = uint32_t;
inline constexpr Token no_token = 0xFFFFFFFF;

struct TokenRow {
  Token left, right;  // what it was merged from; itself, if it is a byte
  Token prefix;       // the longest token that it begins with, but itself; no_token of a byte
  uint32_t bytes;
};

// A place in the trie of all tokens, as a double array: the child by a byte is the unit
// `base ^ byte`, if that bears the byte as its label.
struct TrieUnit {
  uint32_t edge;   // base << 9 | 0x100 | label; 0 where the unit is free
  uint32_t token;  // the token that ends here + 1; 0: none

  uint32_t child(unsigned char byte) const { return edge >> 9 ^ byte; }
  bool is_by(unsigned char byte) const { return (edge & 0x1FF) == (0x100u | byte); }
};

struct Vocabulary {
  const TrieUnit* trie = nullptr;
  const TokenRow* rows = nullptr;
  const uint64_t* pairs = nullptr;   // slots of `merged`
  const uint16_t* floors = nullptr;  // of `floor`
  const Token* bytes = nullptr;      // the token of each byte
  ClassTable classes;
  int pairs_shift = 0;
  size_t pairs_mask = 0;
  size_t count = 0;  // of tokens

  // The token that two make by a merge, or no_token.
  Token merged(Token left, Token right) const;

  // No merge across a place between two bytes gives a token of lower rank.
  Token floor(char before, char behind) const {
    const auto at = static_cast<unsigned char>(before) << 8 | static_cast<unsigned char>(behind);
    return Token{floors[at]} << 2;
  }

  struct Match {
    Token token;
    size_t bytes;
  };
  // The longest token that the text begins with; the text is not empty.
  Match longest(std::string_view text) const;
};

inline Token Vocabulary::merged(Token left, Token right) const {
  constexpr uint64_t factor = 0x9E37'79B9'7F4A'7C15;
  constexpr uint64_t free = ~uint64_t{0};
  constexpr uint64_t key_bits = (uint64_t{1} << 36) - 1;
  const uint64_t key = uint64_t{left} << 18 | right;
  for (size_t at = key * factor >> pairs_shift;; at = (at + 1) & pairs_mask) {
    const uint64_t slot = pairs[at];
    if ((slot & key_bits) == key) return static_cast<Token>(slot >> 36);
    if (slot == free) return no_token;
  }
}

inline Vocabulary::Match Vocabulary::longest(std::string_view text) const {
  Match best{};
  const TrieUnit* unit = trie;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const TrieUnit* child = trie + unit->child(byte);
    if (!child->is_by(byte)) break;
    unit = child;
    if (unit->token != 0) best = {unit->token, i + 1};
  }
  --best.token;
  return best;
}

}  // namespace aipol::tokens
