// A fast hash of short texts for tables of our own. Not for secrets, not kept on disk.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace aipol {

inline uint64_t text_hash(std::string_view text) {
  auto word = [&](size_t at) {
    uint64_t value;
    std::memcpy(&value, text.data() + at, 8);
    return value;
  };
  auto half = [&](size_t at) {
    uint32_t value;
    std::memcpy(&value, text.data() + at, 4);
    return uint64_t{value};
  };
  size_t size = text.size();
  uint64_t hash = size * 0x9E3779B97F4A7C15ull, last = 0;
  for (size_t at = 0; at + 8 < size; at += 8) {
    hash = (hash ^ word(at)) * 0xD6E8FEB86659FD93ull;
    hash ^= hash >> 32;
  }
  // The last word overlaps what was read before, so that no byte is read alone.
  if (size >= 8)
    last = word(size - 8);
  else if (size >= 4)
    last = half(0) << 32 | half(size - 4);
  else
    for (char c : text) last = last << 8 | static_cast<unsigned char>(c);
  hash = (hash ^ last) * 0xD6E8FEB86659FD93ull;
  return hash ^ hash >> 29;
}

// Whether two texts are equal; of short ones without a call.
inline bool same_text(std::string_view a, std::string_view b) {
  size_t size = a.size();
  if (size != b.size()) return false;
  auto differ = [&]<class Word>(size_t at, Word) {
    Word of_a, of_b;
    std::memcpy(&of_a, a.data() + at, sizeof(Word));
    std::memcpy(&of_b, b.data() + at, sizeof(Word));
    return of_a ^ of_b;
  };
  if (size > 16 || size < 4) return std::memcmp(a.data(), b.data(), size) == 0;
  if (size >= 8) return (differ(0, uint64_t{}) | differ(size - 8, uint64_t{})) == 0;
  return (differ(0, uint32_t{}) | differ(size - 4, uint32_t{})) == 0;
}

}  // namespace aipol
