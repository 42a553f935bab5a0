#include "runtime/tokens/counter.h"

#include <algorithm>

#include "base/token_estimate.h"
#include "base/utf8.h"
#include "base/valid_utf8.h"

namespace aipol::tokens {

namespace {

size_t bytes_of_character(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  if (byte >= 0xF0) return 4;
  if (byte >= 0xE0) return 3;
  return byte >= 0xC0 ? 2 : 1;
}

// How many bytes at the end begin a character that is not complete.
size_t broken_end(std::string_view text) {
  for (size_t back = 1; back < 4 && back <= text.size(); ++back) {
    const char byte = text[text.size() - back];
    if (begins_character(byte)) return bytes_of_character(byte) > back ? back : 0;
  }
  return 0;
}

}  // namespace

void Counter::push(std::string_view piece) {
  std::string joined;
  if (!broken_.empty()) {
    joined = std::move(broken_.append(piece));
    piece = joined;
  }
  const size_t whole = piece.size() - broken_end(piece);
  broken_ = piece.substr(whole);
  if (tokenizer_) {
    append_valid_utf8(unsettled_, piece.substr(0, whole));
    if (unsettled_.size() >= settle_at_) settle();
  } else {
    settled_ += quarter_tokens(piece.substr(0, whole));
  }
}

// Not before the text has doubled: pieces that never settle are looked at a few times only.
void Counter::settle() {
  constexpr size_t least = 64;
  const Tokenizer::Settled settled = tokenizer_->count_settled(unsettled_);
  unsettled_.erase(0, settled.bytes);
  settled_ += settled.tokens;
  settle_at_ = std::max(least, 2 * unsettled_.size());
  if (settled.bytes > 0) known_ = {};
}

size_t Counter::unsettled() const {
  return broken_.empty() ? tokenizer_->count(unsettled_) : tokenizer_->count(unsettled_ + broken_);
}

size_t Counter::tokens() const {
  if (!tokenizer_) return whole_tokens(settled_ + quarter_tokens(broken_));
  return settled_ + unsettled();
}

size_t Counter::about() {
  const size_t bytes = unsettled_.size();
  if (!tokenizer_ || bytes <= long_end) return tokens();
  if (bytes - bytes / 4 > known_.bytes) known_ = {bytes, unsettled()};
  return settled_ + known_.tokens * bytes / known_.bytes;
}

}  // namespace aipol::tokens
