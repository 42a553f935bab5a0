#include "runtime/context/call.h"

namespace aipol::context {

int64_t input_tokens(const Ai& ai) {
  if (ai.input_tokens) return *ai.input_tokens;
  constexpr size_t bytes_a_token = 4;
  size_t bytes = 0;
  for (const Message& message : ai.messages) bytes += message.text.size();
  return static_cast<int64_t>((bytes + bytes_a_token - 1) / bytes_a_token);
}

}  // namespace aipol::context
