// Characters of a text and their classes.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "runtime/tokens/classes.h"

namespace aipol::tokens {

// A run of ASCII letters that ends within 16 bytes, and how much of it UPPER*LOWER* takes.
struct AsciiLetters {
  unsigned all = 0, one_word = 0;
};

// Looks at the characters of valid UTF-8. A Noting one remembers whether anybody asked what stands
// at the end, where the answer may change when the text goes on.
template <bool Noting>
class Reader {
 public:
  struct Character {
    uint32_t is;  // of ClassBits; 0 at the end of the text
    uint32_t bytes;
  };

  Reader(const ClassTable& classes, std::string_view text)
      : classes_(classes), latin1_(classes.latin1()), end_(text.data() + text.size()) {}

  const char* end() const { return end_; }
  bool saw_end() const { return saw_end_; }

  Character at(const char* place) {
    if (place == end_) {
      note_end();
      return {0, 0};
    }
    const auto byte = static_cast<unsigned char>(*place);
    return byte < 0x80 ? Character{latin1_[byte], 1} : decoded(place);
  }

  // The byte at the place, 0 at the end of the text.
  unsigned char byte(const char* place) {
    if (place < end_) return static_cast<unsigned char>(*place);
    note_end();
    return 0;
  }

  // Behind the characters of these classes.
  const char* skip(const char* place, ClassBits these) {
    for (;;) {
      const Character next = at(place);
      if ((next.is & these) == 0) return place;
      place += next.bytes;
    }
  }

  // The ASCII letters at the place (maybe none), where an ASCII character that is no letter and no
  // apostrophe is known to end them. For most words of most texts: nothing here depends on their
  // length.
  std::optional<AsciiLetters> ascii_letters(const char* place) const {
#ifdef __SSE2__
    if (end_ - place <= 16) return std::nullopt;
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(place));
    const auto in_range = [](__m128i b, char first, char last) {
      const __m128i low = _mm_cmpgt_epi8(b, _mm_set1_epi8(static_cast<char>(first - 1)));
      const __m128i high = _mm_cmplt_epi8(b, _mm_set1_epi8(static_cast<char>(last + 1)));
      return static_cast<unsigned>(_mm_movemask_epi8(_mm_and_si128(low, high)));
    };
    const unsigned lower = in_range(bytes, 'a', 'z'), upper = in_range(bytes, 'A', 'Z');
    const auto all = static_cast<unsigned>(std::countr_one(lower | upper));
    const auto next = static_cast<unsigned char>(place[all]);
    if (all == 16 || next >= 0x80 || next == '\'') return std::nullopt;
    const auto uppers = static_cast<unsigned>(std::countr_one(upper));
    return AsciiLetters{all, uppers + static_cast<unsigned>(std::countr_one(lower >> uppers))};
#else
    (void)place;
    return std::nullopt;
#endif
  }

 private:
  void note_end() {
    if constexpr (Noting) saw_end_ = true;
  }

  Character decoded(const char* place) const {
    const auto bits = [&](int i) { return static_cast<unsigned char>(place[i]) & 0x3Fu; };
    const auto lead = static_cast<unsigned char>(*place);
    if (lead < 0xE0) return {classes_.of((lead & 0x1Fu) << 6 | bits(1)), 2};
    if (lead < 0xF0) return {classes_.of((lead & 0x0Fu) << 12 | bits(1) << 6 | bits(2)), 3};
    return {classes_.of((lead & 0x07u) << 18 | bits(1) << 12 | bits(2) << 6 | bits(3)), 4};
  }

  const ClassTable& classes_;
  const ClassBits* latin1_;
  const char* end_;
  bool saw_end_ = false;
};

}  // namespace aipol::tokens
