// Exact counts of tokens, as OpenAI's tiktoken has them with special tokens taken as ordinary text.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/tokens/tokens_file.h"

namespace aipol::tokens {

// Immutable: one serves all threads.
class Tokenizer {
 public:
  // `o200k` or `cl100k`, from the folder (data_folder.h) with its file.
  static Result<std::shared_ptr<const Tokenizer>> load(std::string_view name,
                                                       const std::filesystem::path& folder);

  // The tokens of a text. Bytes that are not UTF-8 count as U+FFFD. Takes no memory but for pieces
  // of more than 255 bytes without a boundary, and for what is not UTF-8.
  size_t count(std::string_view text) const;
  std::vector<Token> encode(std::string_view text) const;

  // The bytes of a token below vocabulary().count.
  std::string bytes_of(Token token) const;

  struct Settled {
    size_t bytes = 0, tokens = 0;
  };
  // Of the longest beginning of a text (valid UTF-8) whose tokens stay, however the text goes on.
  Settled count_settled(std::string_view text) const;

  const Vocabulary& vocabulary() const { return vocabulary_; }
  Pattern pattern() const { return pattern_; }

 private:
  explicit Tokenizer(TokensFile file)
      : file_(std::move(file)), vocabulary_(file_.vocabulary()), pattern_(file_.pattern()) {}

  TokensFile file_;
  Vocabulary vocabulary_;
  Pattern pattern_;
};

}  // namespace aipol::tokens
