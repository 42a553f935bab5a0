// Texts that stand in JSON as they are: printable ASCII but for quotes and backslashes.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace aipol {

inline bool is_plain(char c) {
  return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}  // bytes of UTF-8 are negative

// Some bytes that are looked at together.
#ifdef __SSE2__
struct PlainBlock {
  static constexpr size_t size = 16;
  // How many of them are plain before the first that is not.
  static size_t run(const char* at) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    auto is = [&](char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
    const __m128i low = _mm_cmpgt_epi8(_mm_set1_epi8(0x20), bytes);  // signed, with those of UTF-8
    const __m128i care = _mm_or_si128(_mm_or_si128(low, is(0x7f)), _mm_or_si128(is('"'), is('\\')));
    const auto marks = static_cast<uint32_t>(_mm_movemask_epi8(care));
    return static_cast<size_t>(std::countr_zero(marks | 1u << size));
  }
};
#else
struct PlainBlock {
  static constexpr size_t size = 8;
  static size_t run(const char* at) {
    constexpr uint64_t ones = 0x0101010101010101ull, tops = 0x8080808080808080ull;
    uint64_t bytes;
    std::memcpy(&bytes, at, size);
    if constexpr (std::endian::native == std::endian::big) bytes = std::byteswap(bytes);
    // Behind the first such byte these may tell of more than there are.
    auto has_zero = [](uint64_t word) { return (word - ones) & ~word; };
    const uint64_t low = bytes - ones * 0x20;
    const uint64_t care = bytes | low | has_zero(bytes ^ ones * 0x7f) |
                          has_zero(bytes ^ ones * '"') | has_zero(bytes ^ ones * '\\');
    return static_cast<size_t>(std::countr_zero(care & tops)) / 8;
  }
};
#endif

// How many bytes at the beginning are plain.
inline size_t plain_run(std::string_view text) {
  constexpr size_t block = PlainBlock::size;
  size_t size = text.size(), at = 0;
  for (; at + block <= size; at += block) {
    if (size_t plain = PlainBlock::run(text.data() + at); plain < block) return at + plain;
  }
  // The last ones overlap what was looked at.
  if (size >= block)
    return at == size ? size : size - block + PlainBlock::run(text.data() + size - block);
  while (at < size && is_plain(text[at])) ++at;
  return at;
}

}  // namespace aipol
