// A text as a few numbers: what tables of our own compare instead of its bytes. Not for secrets,
// not kept on disk.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/text_hash.h"

namespace aipol {

struct TextKey {
  // Texts up to this size are equal where their keys are; of longer ones the bytes decide.
  static constexpr size_t whole = 24;

  TextKey() = default;
  explicit TextKey(std::string_view text) : size(static_cast<uint32_t>(text.size())) {
    const char* bytes = text.data();
    if (size - 8 <= whole - 8) {
      // The words overlap, so that no byte is read alone.
      words[0] = word(bytes);
      words[1] = word(bytes + std::min<size_t>(8, size - 8));
      words[2] = word(bytes + size - 8);
    } else if (size < 8) {
      words[0] = size >= 4 ? half(bytes) << 32 | half(bytes + size - 4) : few(text);
    } else {
      words[0] = text_hash(text);
      words[1] = word(bytes + 8);
      words[2] = word(bytes + size - 8);
    }
  }

  uint64_t hash() const {
    uint64_t hash = (words[0] ^ size) * 0x9E3779B97F4A7C15ull + words[1] * 0xD6E8FEB86659FD95ull +
                    words[2] * 0xA0761D6478BD642Dull;
    hash ^= hash >> 32;
    return hash * 0xE7037ED1A0B428DBull >> 32;
  }

  bool operator==(const TextKey& other) const {
    return ((words[0] ^ other.words[0]) | (words[1] ^ other.words[1]) |
            (words[2] ^ other.words[2]) | (size ^ other.size)) == 0;
  }

  uint64_t words[3] = {};
  uint32_t size = 0;

 private:
  static uint64_t word(const char* bytes) {
    uint64_t value;
    std::memcpy(&value, bytes, 8);
    return value;
  }
  static uint64_t half(const char* bytes) {
    uint32_t value;
    std::memcpy(&value, bytes, 4);
    return value;
  }
  // Of at most three bytes: the first, the middle and the last.
  static uint64_t few(std::string_view text) {
    if (text.empty()) return 0;
    auto byte = [&](size_t at) { return uint64_t{static_cast<unsigned char>(text[at])}; };
    return byte(0) << 16 | byte(text.size() / 2) << 8 | byte(text.size() - 1);
  }
};

}  // namespace aipol
