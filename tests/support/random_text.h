// Texts of all that tokenizers tell apart.
#pragma once

#include <array>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace aipol::testing {

class RandomText {
 public:
  explicit RandomText(uint32_t seed) : random_(seed) {}

  // Of so many parts of a few kinds, valid UTF-8.
  std::string operator()(size_t parts) {
    std::vector<size_t> kinds(1 + below(3));
    for (size_t& kind : kinds) kind = below(lists.size() + 1);
    std::string text;
    for (size_t i = 0; i < parts; ++i) {
      const size_t kind = kinds[below(kinds.size())];
      if (kind < lists.size())
        text += lists[kind][below(lists[kind].size())];
      else
        append_utf8(text, static_cast<uint32_t>(below(0x110000)));
    }
    return text;
  }
  size_t below(size_t end) { return std::uniform_int_distribution<size_t>(0, end - 1)(random_); }

 private:
  using List = std::vector<std::string_view>;
  inline static const std::array<List, 9> lists = {
      List{" ", " ", "  ", "\t", "\n", "\r\n", "\u00a0", "\u2003", "\u3000", "\u0085", "\u2028"},
      List{"'s", "'T", "'re", "'VE", "'m", "'lL", "'D", "'\u017f", "'", "'l", "'r", "\u2019s"},
      List{"0", "1", "2026", "12345", "\u0663", "\u2167", "\u00bd", "\U0001d7d8"},
      List{"a", "b", "the", " quick", "ing", "return", "x", "\u00e9", "\u0436", "\u03c9"},
      List{"A", "B", "HTTP", " World", "Z", "\u00c9", "\u0416", "\u01c5", "\u1f88"},
      List{"\u4e2d", "\u6587", "\u5929", "\u3042", "\u30a2", "\ud55c", "\u05d0", "\u02b0",
           "\u00aa"},
      List{"\u0301", "\u0300", "\u20dd", "\u093e", "\u0903"},
      List{"!", "/", "//", "\\", ".", "();", "{", "}", "\"", "--", "<|endoftext|>", "\u2014", "_"},
      List{"\U0001f600", "\U0001f469\u200d\U0001f467", "\U0001f3f3\ufe0f\u200d\U0001f308",
           "\U0001f1e9\U0001f1ea", "\ufffd"}};

  std::mt19937 random_;
};

}  // namespace aipol::testing
