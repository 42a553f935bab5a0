// The body of an OpenAI chat as it is forwarded: what policies change of it.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "runtime/context/edits.h"

namespace aipol::dialects {

// `body` is one that read_openai_chat accepted. `redact`, where there is one, is applied to every
// text of its messages: contents, their parts, refusals, arguments of calls; a match may reach over
// parts. What is not changed keeps its value and its place.
std::string edited_chat(std::string_view body, const context::BodyEdits& edits,
                        const std::function<std::string(std::string_view)>& redact);

// The same of any JSON object: its fields alone.
std::string edited_object(std::string_view body, const context::BodyEdits& edits);

}  // namespace aipol::dialects
