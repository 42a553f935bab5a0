// The built-in provider: answers a chat with what the user said last. Deterministic, so that demos
// and tests need no network. Its usage is an estimate and says so: a quarter of the characters
// (code points), rounded up.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/context/call.h"

namespace aipol::upstream {

struct EchoCall {
  const context::Ai& ai;
  std::string_view model;       // the name to answer with
  std::string_view request_id;  // the answer's id is made of it
  int64_t created = 0;          // seconds since the epoch
  bool wants_usage = false;     // of a stream
};

// A `chat.completion`. An Ai with max_tokens gets that many tokens at most, and finish_reason
// `length` where it is cut.
std::string echo_answer(const EchoCall& call);

// The events of the same answer as a stream, each "data: {...}\n\n", the last "data: [DONE]\n\n".
std::vector<std::string> echo_events(const EchoCall& call);

int64_t estimate_tokens(std::string_view text);

}  // namespace aipol::upstream
