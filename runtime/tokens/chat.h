// The tokens of a request for a chat, by the framing that OpenAI documents for its chat models
// ("How to count tokens with tiktoken", OpenAI cookbook): 3 tokens a message, its role, its text,
// one more for a name, and 3 for the beginning of the answer.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "runtime/tokens/tokenizer.h"

namespace aipol::tokens {

struct ChatMessage {
  std::string_view role, text;
  std::string_view name;  // of who says it; empty: none
};

struct Chat {
  std::span<const ChatMessage> messages;
  // The definitions of tools as the request has them. Providers rewrite them in ways that they do
  // not tell; their JSON is counted, which is seldom less.
  std::string_view tools = {};
  // Each counts as one of 1024 by 1024 pixels in high detail does for gpt-4o.
  size_t images = 0;
};

inline constexpr size_t tokens_an_image = 765;

// Without a tokenizer it is estimated from the texts alone, without framing, as everywhere where
// nothing else is declared (base/token_estimate.h).
size_t count_chat(const Tokenizer* tokenizer, const Chat& chat);

}  // namespace aipol::tokens
