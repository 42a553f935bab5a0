// The half of forward.h that needs no provider.
#include <algorithm>

#include "runtime/dialects/chat_answer.h"
#include "runtime/enforce/output_stream.h"
#include "runtime/gateway/answer.h"
#include "runtime/gateway/forward.h"

namespace aipol::gateway {

using http::Task;

namespace {

// The text as policies let the client see it; nothing where they refuse all of it.
std::optional<std::string> streamed(Exchange& x) {
  context::Response& response = x.call.response;
  const std::string kept = std::move(response.text);
  response.text.clear();
  enforce::OutputStream stream(*x.passage);
  std::string text = stream.push(kept, x.call.usage, true);
  if (!stream.refused()) return text;
  x.decision = *stream.refused();
  return stream.cut() ? std::optional(std::move(text)) : std::nullopt;
}

std::string type_of(const context::Response& response) {
  const auto found = std::ranges::find(response.headers, "content-type",
                                       [](const auto& field) { return field.first; });
  return found == response.headers.end() ? "application/octet-stream" : found->second;
}

}  // namespace

Task<> answer_from_cache(Exchange& x) {
  context::Response& response = x.call.response;
  // Other fields are of an answer of another time, and to another client.
  std::erase_if(response.headers, [](const auto& field) { return field.first != "content-type"; });
  const bool chat = x.dialect->operation == "chat";
  const bool stream = chat && x.call.ai.stream;
  const auto status = static_cast<uint16_t>(response.status);
  if (stream) {
    std::optional<std::string> text = streamed(x);
    if (!text) co_return co_await send_refusal(x);
    response.text = std::move(*text);
  } else if (auto refused = x.passage->output()) {
    x.decision = std::move(*refused);
    co_return co_await send_refusal(x);
  }
  const dialects::WrittenAnswer answer{response, x.call.usage, x.call.request.id, x.call.model_name,
                                       x.call.request.time_ns / 1'000'000'000};
  const std::string type = stream ? "text/event-stream; charset=utf-8"
                           : chat ? "application/json"
                                  : type_of(response);
  const std::string body = stream ? dialects::written_chat_events(answer, x.wants_usage)
                           : chat ? dialects::written_chat(answer)
                                  : response.text;
  std::vector<std::pair<std::string, std::string>> fields = std::move(response.headers);
  std::erase_if(fields, [](const auto& field) { return field.first == "content-type"; });
  fields.emplace_back("x-aipol-cache", "hit");
  co_await send_answer(x, status, type, body, fields);
}

}  // namespace aipol::gateway
