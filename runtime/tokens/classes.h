// The classes of characters that the encodings' patterns tell apart, a bit each. Each character has
// one (data/tokens/classes.mjs).
#pragma once

#include <cstdint>

namespace aipol::tokens {

using ClassBits = uint8_t;

namespace classes {
inline constexpr ClassBits other = 1;      // punctuation, symbols, controls, the unassigned
inline constexpr ClassBits space = 2;      // white space but line feed and carriage return
inline constexpr ClassBits newline = 4;    // line feed, carriage return
inline constexpr ClassBits number = 8;     // N
inline constexpr ClassBits upper = 16;     // Lu, Lt
inline constexpr ClassBits lower = 32;     // Ll
inline constexpr ClassBits caseless = 64;  // Lm, Lo
inline constexpr ClassBits mark = 128;     // M
inline constexpr ClassBits letter = upper | lower | caseless;
inline constexpr ClassBits white = space | newline;
inline constexpr ClassBits symbol = other | mark;  // neither white, nor letter, nor number
}  // namespace classes

// By code point, in blocks of 256.
struct ClassTable {
  const uint16_t* index = nullptr;  // the number of each block
  const ClassBits* blocks = nullptr;

  ClassBits of(uint32_t code_point) const {
    return blocks[size_t{index[code_point >> 8]} << 8 | (code_point & 0xFF)];
  }
  const ClassBits* latin1() const { return blocks + (size_t{index[0]} << 8); }
};

}  // namespace aipol::tokens
