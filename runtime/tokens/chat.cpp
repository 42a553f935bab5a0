#include "runtime/tokens/chat.h"

#include "base/token_estimate.h"

namespace aipol::tokens {

namespace {

constexpr size_t tokens_a_message = 3;
constexpr size_t tokens_a_name = 1;
constexpr size_t tokens_of_beginning = 3;

size_t estimated(const Chat& chat) {
  size_t quarters = quarter_tokens(chat.tools);
  for (const ChatMessage& message : chat.messages)
    quarters += quarter_tokens(message.text) + quarter_tokens(message.name);
  return whole_tokens(quarters);
}

size_t counted(const Tokenizer& tokenizer, const Chat& chat) {
  size_t tokens = tokens_of_beginning + tokenizer.count(chat.tools);
  for (const ChatMessage& message : chat.messages) {
    tokens += tokens_a_message + tokenizer.count(message.role) + tokenizer.count(message.text);
    if (!message.name.empty()) tokens += tokens_a_name + tokenizer.count(message.name);
  }
  return tokens;
}

}  // namespace

size_t count_chat(const Tokenizer* tokenizer, const Chat& chat) {
  const size_t texts = tokenizer != nullptr ? counted(*tokenizer, chat) : estimated(chat);
  return texts + chat.images * tokens_an_image;
}

}  // namespace aipol::tokens
