// Calls of a prompt of the house: the body is a JSON object of its parameters, texts all, and
// `stream` where the answer is to be streamed. What comes of it is a chat in the prompt's words.
#pragma once

#include "plan/deployment.h"
#include "runtime/dialects/dialect.h"

namespace aipol::dialects {

// Fills `ai`, whatever it held, but its tags. Errors tell of the parameters, never of the words.
std::expected<void, BodyError> read_prompt_body(const plan::Prompt& prompt, std::string_view method,
                                                BodyReader& reader, Body body, const Needs& needs,
                                                context::Ai& ai);

}  // namespace aipol::dialects
