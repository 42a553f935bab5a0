#include "stdlib/native/fold.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/text.h"

namespace aipol::native {

namespace {

constexpr char32_t last_narrow =
    0x0DFF;  // scripts behind it are written without spaces between words, or rare

struct Range {
  char32_t first, last;
};
constexpr Range dropped[] = {
#define LETTERS(first, letters)
#define LIGATURE(code_point, letters)
#define DROPPED(first, last) {first, last},
#include "stdlib/native/letters.def"
#undef DROPPED
#undef LETTERS
#undef LIGATURE
};

// A code point's letters, by two steps: pages of 256, made where there is a row.
class Letters {
 public:
  Letters() {
#define LETTERS(first, letters) add_run(first, letters);
#define LIGATURE(code_point, letters) slot(code_point) = letters;
#define DROPPED(first, last)
#include "stdlib/native/letters.def"
#undef DROPPED
#undef LETTERS
#undef LIGATURE
    for (char32_t c = 0x1D400; c <= 0x1D6A3; ++c)
      slot(c) = std::string(1, static_cast<char>('a' + (c - 0x1D400) % 26));
    for (char32_t c = 0x1D7CE; c <= 0x1D7FF; ++c)
      slot(c) = std::string(1, static_cast<char>('0' + (c - 0x1D7CE) % 10));
  }

  // Empty where the code point stays itself.
  std::string_view of(char32_t c) const {
    if (c >= limit) return {};
    const uint16_t page = pages_[c >> 8];
    return page == 0 ? std::string_view() : slots_[page - 1][c & 0xFF];
  }

 private:
  static constexpr char32_t limit = 0x20000;
  using Page = std::array<std::string, 256>;

  std::string& slot(char32_t c) {
    uint16_t& page = pages_[c >> 8];
    if (page == 0) {
      slots_.emplace_back();
      page = static_cast<uint16_t>(slots_.size());
    }
    return slots_[page - 1][c & 0xFF];
  }
  void add_run(char32_t first, std::string_view letters) {
    for (size_t i = 0; i < letters.size(); ++i) {
      if (letters[i] != '.') slot(first + static_cast<char32_t>(i)) = letters[i];
    }
  }

  std::array<uint16_t, limit / 256> pages_{};
  std::vector<Page> slots_;
};

const Letters& letters() {
  static const Letters table;
  return table;
}

bool is_dropped(char32_t c) {
  auto after = std::ranges::upper_bound(dropped, c, {}, &Range::first);
  return after != std::begin(dropped) && c <= std::prev(after)->last;
}

// Capitals of Greek, Cyrillic and Armenian that look like no Latin letter.
char32_t lowered(char32_t c) {
  if (c >= 0x0391 && c <= 0x03A9) return c + 32;
  if (c >= 0x0410 && c <= 0x042F) return c + 32;
  if (c >= 0x0400 && c <= 0x040F) return c + 80;
  if (c >= 0x0460 && c <= 0x052F) return c | 1;
  if (c >= 0x0531 && c <= 0x0556) return c + 48;
  return c;
}

char32_t decoded(std::string_view character) {
  static constexpr uint8_t masks[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  char32_t c = static_cast<unsigned char>(character[0]) & masks[character.size()];
  for (char byte : character.substr(1)) c = c << 6 | (static_cast<unsigned char>(byte) & 0x3F);
  return c;
}

void assign(Folded& folded, std::string_view bytes) {
  folded.size = static_cast<uint8_t>(bytes.size());
  std::memcpy(folded.bytes, bytes.data(), bytes.size());
}

Folded fold_wide(std::string_view text) {
  const size_t width = code_point_bytes(text);
  if (width == 0) return {};
  Folded folded{.width = static_cast<uint8_t>(width)};
  const char32_t c = decoded(text.substr(0, width));
  if (std::string_view known = letters().of(c); !known.empty()) {
    assign(folded, known);
    folded.joins_words = true;
    folded.capital_i = c == 0x0406 || c == 0x0399 || c == 0x04C0 || c == 0xFF29;
  } else if (!is_dropped(c)) {
    std::string bytes;
    append_utf8(bytes, lowered(c));
    assign(folded, bytes);
    folded.joins_words = c <= last_narrow;
  }
  return folded;
}

bool alphanumeric(char c) {
  return static_cast<unsigned char>(c) < 128 && folded_ascii[static_cast<size_t>(c)] != 0;
}

// `@` and `$` stand for letters only inside of words.
bool in_word(std::string_view text, size_t at) {
  return (at > 0 && alphanumeric(text[at - 1])) ||
         (at + 1 < text.size() && alphanumeric(text[at + 1]));
}

}  // namespace

Folded fold_rare(std::string_view text, size_t at) {
  if (static_cast<unsigned char>(text[at]) >= 0x80) return fold_wide(text.substr(at));
  Folded folded;
  if (in_word(text, at)) assign(folded, text.substr(at, 1));
  return folded;
}

uint8_t sound_of(char folded) {
  switch (folded) {
    case '0':
      return 'o';
    case '1':
    case 'i':
      return 'l';
    case '3':
      return 'e';
    case '4':
    case '@':
      return 'a';
    case '5':
    case '$':
      return 's';
    case '7':
      return 't';
    default:
      return static_cast<uint8_t>(folded);
  }
}

}  // namespace aipol::native
