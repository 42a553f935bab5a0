// Texts that stand in JSON as they are: printable ASCII but for quotes and backslashes.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace aipol {

inline bool is_plain(char c) {
  return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}  // bytes of UTF-8 are negative

// How many bytes at the beginning are plain.
inline size_t plain_run(std::string_view text) {
  // The place of the first of eight bytes that is not plain, or 8.
  auto plain_of_eight = [&](size_t at) {
    constexpr uint64_t ones = 0x0101010101010101ull, tops = 0x8080808080808080ull;
    uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    if constexpr (std::endian::native == std::endian::big) word = std::byteswap(word);
    // Behind the first such byte these may tell of more than there are.
    auto has_zero = [](uint64_t bytes) { return (bytes - ones) & ~bytes; };
    uint64_t control = word - ones * 0x20;
    uint64_t quote = has_zero(word ^ ones * '"'), backslash = has_zero(word ^ ones * '\\');
    uint64_t removed = has_zero(word ^ ones * 0x7f);
    uint64_t marks = (word | control | quote | backslash | removed) & tops;
    return static_cast<size_t>(std::countr_zero(marks)) / 8;
  };
  size_t size = text.size(), at = 0;
  for (; at + 8 <= size; at += 8) {
    if (size_t plain = plain_of_eight(at); plain < 8) return at + plain;
  }
  // The last eight overlap what was looked at.
  if (size >= 8) return at == size ? size : size - 8 + plain_of_eight(size - 8);
  while (at < size && is_plain(text[at])) ++at;
  return at;
}

}  // namespace aipol
