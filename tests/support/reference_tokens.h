// Counts tokens in the plainest way: the encodings' patterns as a regular expression that is
// matched by trying, and merging by looking for the least pair each time. The oracle of
// runtime/tokens.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/tokens/tokenizer.h"

namespace aipol::testing {

class ReferenceTokens {
 public:
  explicit ReferenceTokens(const tokens::Tokenizer& tokenizer);

  // Of valid UTF-8. Takes quadratic time.
  std::vector<tokens::Token> encode(std::string_view text) const;

 private:
  struct Character {
    char32_t code_point;
    tokens::ClassBits is;
    std::string bytes;
  };
  using Text = std::vector<Character>;

  // A part of an alternative: characters of a class, or of a list, so many times.
  struct Item {
    enum class Kind { characters, contraction, no_black } kind = Kind::characters;
    tokens::ClassBits classes = 0;
    std::u32string_view also = {};
    size_t least = 1, most = SIZE_MAX;

    bool takes(const Character& character) const;
  };
  using Alternative = std::vector<Item>;

  static std::vector<Alternative> cl100k();
  static std::vector<Alternative> o200k();
  // Where a match of the items from `item` on ends; npos: there is none.
  static size_t match(const Alternative& items, size_t item, const Text& text, size_t at);

  Text read(std::string_view text) const;
  void merge(const std::string& piece, std::vector<tokens::Token>& out) const;

  const tokens::Vocabulary& vocabulary_;
  std::vector<Alternative> alternatives_;
  std::unordered_map<std::string, tokens::Token> ranks_;
};

}  // namespace aipol::testing
