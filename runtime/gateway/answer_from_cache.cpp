// The half of forward.h that needs no provider.
#include <algorithm>

#include "runtime/dialects/chat_answer.h"
#include "runtime/enforce/output_stream.h"
#include "runtime/gateway/answer.h"
#include "runtime/gateway/asks_store.h"
#include "runtime/gateway/forward.h"
#include "runtime/gateway/off_loop.h"
#include "runtime/gateway/worker.h"

namespace aipol::gateway {

using http::Task;

namespace {

// Makes the answer's text what policies let the client see of it; false where they refuse all.
bool show_stream(Exchange& x) {
  context::Response& response = x.call.response;
  const std::string kept = std::move(response.text);
  response.text.clear();
  enforce::OutputStream stream(*x.passage);
  response.text = stream.push(kept, x.call.usage, true);
  if (!stream.refused()) return true;
  x.decision = *stream.refused();
  return stream.cut();
}

bool show_whole(Exchange& x) {
  std::optional<decision::Decision> refused = x.passage->output();
  if (refused) x.decision = std::move(*refused);
  return !refused;
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
  bool refused = false;
  auto look = [&] { refused = stream ? !show_stream(x) : !show_whole(x); };
  asks_store_of_answers(x.service->engine->program()) ? co_await off_loop(x.worker, look) : look();
  if (refused) co_return co_await send_refusal(x);
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
