// Requests and answers of model APIs as logs keep them: the shapes of OpenAI (chat, completions,
// embeddings, responses) and Anthropic (messages).
#pragma once

#include "replay/logs/record.h"

namespace aipol::replay::logs {

// Sets what the body of a whole request says of `ai`, and the model asked for. What such a body
// leaves out has the API's default: no stream, no tools.
void read_request_body(const json& body, Record& out);

// Sets ai.messages of a list of messages. False, and nothing set, where it is none.
bool read_messages(const json& messages, Record& out);
// The texts of a content: a text, or parts of them.
std::string text_of_content(const json& content);

// Sets what the answer says of `response` and `usage`.
void read_answer_body(const json& body, Record& out);
// The same of an answer that was streamed as server-sent events; its texts are the chunks.
void read_event_stream(std::string_view events, Record& out);
// Sets the tokens of an object `usage`.
void read_usage(const json* usage, Record& out);

// "stop", "length", "tool_calls", "content_filter" for what providers call them; others stay.
std::string finish_reason_of(std::string_view reason);
// The operation of the API at that path: "chat" of ".../chat/completions"; empty where it is not
// known.
std::string_view operation_at(std::string_view path);

}  // namespace aipol::replay::logs
