// A fast hash of short texts for tables of our own. Not for secrets, not kept on disk.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace aipol {

inline uint64_t text_hash(std::string_view text) {
  uint64_t hash = text.size() * 0x9E3779B97F4A7C15ull;
  const char* bytes = text.data();
  size_t left = text.size();
  for (; left >= 8; left -= 8, bytes += 8) {
    uint64_t word;
    std::memcpy(&word, bytes, 8);
    hash = (hash ^ word) * 0xD6E8FEB86659FD93ull;
    hash ^= hash >> 32;
  }
  uint64_t word = 0;
  for (size_t i = 0; i < left; ++i) word |= static_cast<uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  hash = (hash ^ word) * 0xD6E8FEB86659FD93ull;
  return hash ^ hash >> 29;
}

}  // namespace aipol
