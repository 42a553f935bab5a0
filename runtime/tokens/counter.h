// The tokens of a text that grows, as a streamed answer does.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "runtime/tokens/tokenizer.h"

namespace aipol::tokens {

class Counter {
 public:
  // Without a tokenizer it estimates (base/token_estimate.h).
  explicit Counter(std::shared_ptr<const Tokenizer> tokenizer) : tokenizer_(std::move(tokenizer)) {}

  // The text goes on; pieces may end within a character. What can not change any more is counted
  // and forgotten, so that all pieces together cost about what the whole text does.
  void push(std::string_view piece);

  // Of the text so far, as of a text that ends here. Takes time in proportion to what is not
  // settled: a word or two, unless a text goes on without spaces.
  size_t tokens() const;

  // The same, but at most a quarter of an unsettled end of more than `long_end` bytes is guessed from
  // the rest of it: may be asked after each piece, whatever the text.
  size_t about();
  static constexpr size_t long_end = 4096;

 private:
  void settle();
  size_t unsettled() const;

  std::shared_ptr<const Tokenizer> tokenizer_;
  size_t settled_ = 0;     // tokens; quarters of them where they are estimated
  std::string unsettled_;  // valid UTF-8
  std::string broken_;     // the beginning of a character
  size_t settle_at_ = 64;  // bytes of `unsettled_`
  struct {
    size_t bytes = 0, tokens = 0;
  } known_;  // of `unsettled_`, as it was when `about` counted it
};

}  // namespace aipol::tokens
