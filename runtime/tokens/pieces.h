// Cuts texts into the pieces within which tokens are merged. A piece is a match of the encoding's
// regular expression; each alternative of it is a function here, and its first that matches counts.
// Sources: `pat_str` of cl100k_base and o200k_base in tiktoken, matched by Rust's regex and
// fancy-regex (leftmost, first alternative, greedy).
#pragma once

#include "runtime/tokens/reader.h"

namespace aipol::tokens {

// (?i:'s|'t|'re|'ve|'m|'ll|'d): behind it, or the place itself. U+017F folds to s.
template <class Reader>
const char* contraction(Reader& reader, const char* place) {
  if (reader.byte(place) != '\'') return place;
  const auto letter = [&](int i) { return reader.byte(place + i) | 0x20; };
  switch (letter(1)) {
    case 's':
    case 't':
    case 'm':
    case 'd':
      return place + 2;
    case 'r':
    case 'v':
      return letter(2) == 'e' ? place + 3 : place;
    case 'l':
      return letter(2) == 'l' ? place + 3 : place;
    case 0xC5 | 0x20:
      return reader.byte(place + 1) == 0xC5 && reader.byte(place + 2) == 0xBF ? place + 3 : place;
    default:
      return place;
  }
}

// \p{N}{1,3}
template <class Reader>
const char* numbers(Reader& reader, const char* place) {
  for (int i = 0; i < 3; ++i) {
    const auto next = reader.at(place);
    if (next.is != classes::number) break;
    place += next.bytes;
  }
  return place;
}

// Where a space may stand before a word.
inline const char* behind_space(const char* place) { return place + (*place == ' ' ? 1 : 0); }

// ` ?[^\s\p{L}\p{N}]+[\r\n]*`, where slashes may stand among the ends of lines: behind it, or the
// place itself.
template <bool slashes, class Reader>
const char* symbols(Reader& reader, const char* place) {
  const char* begin = behind_space(place);
  const char* end = reader.skip(begin, classes::symbol);
  if (end == begin) return place;
  for (;;) {
    const unsigned char byte = reader.byte(end);
    if (byte != '\r' && byte != '\n' && !(slashes && byte == '/')) return end;
    ++end;
  }
}

// \s*[\r\n]+|\s+(?!\S)|\s+ at white space.
template <class Reader>
const char* white_space(Reader& reader, const char* place) {
  const char* behind_line = nullptr;  // the last end of a line
  const char* last = place;           // the last character
  const char* end = place;
  for (auto next = reader.at(end); next.is & classes::white; next = reader.at(end)) {
    last = end;
    end += next.bytes;
    if (next.is == classes::newline) behind_line = end;
  }
  if (behind_line != nullptr) return behind_line;
  return end == reader.end() || last == place ? end : last;
}

// What all but the words have in common.
template <bool slashes, class Reader>
const char* no_word(Reader& reader, const char* place, ClassBits first) {
  if (first == classes::number) return numbers(reader, place);
  const char* end = symbols<slashes>(reader, place);
  return end != place ? end : white_space(reader, place);
}

inline constexpr ClassBits may_lead_word = classes::other | classes::space | classes::mark;

struct Cl100kPieces {
  // The end of the piece that begins at the place, which is before the end of the text.
  template <class Reader>
  static const char* end(Reader& reader, const char* place) {
    const char* letters = behind_space(place);
    if (const auto run = reader.ascii_letters(letters); run && run->all > 0)
      return letters + run->all;
    if (const char* behind = contraction(reader, place); behind != place) return behind;
    // [^\r\n\p{L}\p{N}]?\p{L}+
    const auto first = reader.at(place);
    if (first.is & (classes::letter | may_lead_word)) {
      const char* behind = reader.skip(place + first.bytes, classes::letter);
      if ((first.is & classes::letter) || behind != place + first.bytes) return behind;
    }
    return no_word<false>(reader, place, first.is);
  }
};

class O200kPieces {
 public:
  template <class Reader>
  static const char* end(Reader& reader, const char* place) {
    const char* letters = behind_space(place);
    if (const auto run = reader.ascii_letters(letters); run && run->all > 0)
      return letters + run->one_word;
    const auto first = reader.at(place);
    if (const char* behind = word(reader, place, first); behind != nullptr) return behind;
    return no_word<true>(reader, place, first.is);
  }

 private:
  // A word's part in one case: [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}] and [\p{Ll}\p{Lm}\p{Lo}\p{M}].
  static constexpr ClassBits caseless = classes::caseless | classes::mark;
  static constexpr ClassBits uppers = classes::upper | caseless;
  static constexpr ClassBits lowers = classes::lower | caseless;

  struct Word {
    const char* mixed;  // the end of UPPER*LOWER+, or nullptr
    const char* upper;  // otherwise the end of UPPER+, which is the beginning where there is none
  };

  template <class Reader>
  static Word word_at(Reader& reader, const char* place) {
    const char* behind_caseless = nullptr;
    auto next = reader.at(place);
    for (; next.is & uppers; next = reader.at(place)) {
      place += next.bytes;
      if (next.is & caseless) behind_caseless = place;
    }
    if (next.is == classes::lower) return {reader.skip(place + next.bytes, lowers), nullptr};
    return {behind_caseless, place};
  }

  // The two alternatives of words, each with the contraction behind it; nullptr where neither is.
  // A mark may be what leads a word, or its first letter.
  template <class Reader>
  static const char* word(Reader& reader, const char* place, typename Reader::Character first) {
    Word led{}, plain{};
    const char* behind_lead = place + first.bytes;
    if (first.is & may_lead_word) led = word_at(reader, behind_lead);
    if (led.mixed != nullptr) return contraction(reader, led.mixed);
    if (first.is & (classes::letter | classes::mark)) plain = word_at(reader, place);
    if (plain.mixed != nullptr) return contraction(reader, plain.mixed);
    if (led.upper != nullptr && led.upper != behind_lead) return contraction(reader, led.upper);
    if (plain.upper != nullptr && plain.upper != place) return contraction(reader, plain.upper);
    return nullptr;
  }
};

}  // namespace aipol::tokens
