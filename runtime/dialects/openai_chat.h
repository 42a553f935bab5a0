// POST /v1/chat/completions: OpenAI's chat completions.
#pragma once

#include "runtime/dialects/dialect.h"

namespace aipol::dialects {

// Strict about what policies read: a wrong type is an error that names the path, and a content part
// of a kind that is not known is refused, because its text would pass unseen. Members that nothing
// reads pass as they are. A message's text parts are joined by line breaks; `developer` counts as
// system, `function` as tool. Of max_tokens and max_completion_tokens the larger counts.
std::expected<void, BodyError> read_openai_chat(BodyReader& reader, Body body, const Needs& needs,
                                                context::Ai& ai);

}  // namespace aipol::dialects
