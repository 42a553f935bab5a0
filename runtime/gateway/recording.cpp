#include "runtime/gateway/recording.h"

#include <utility>

#include "runtime/audit/traffic_record.h"
#include "runtime/dialects/chat_answer.h"
#include "runtime/dialects/event_stream.h"
#include "runtime/gateway/admit.h"
#include "runtime/gateway/exchange.h"

namespace aipol::gateway {

using dialects::ChatChunk;

void RecordedAnswer::begin(const context::Response& head, bool chat, bool events) {
  head_ = head;
  body_.clear();
  begun_ = true;
  chat_ = chat;
  events_ = events;
  too_long_ = false;
}

void RecordedAnswer::add(std::string_view bytes) {
  if (!begun_) return;
  too_long_ = too_long_ || body_.size() + bytes.size() > most_bytes;
  if (!too_long_) body_.append(bytes);
}

void RecordedAnswer::read_events(context::Response& response,
                                 std::vector<std::string>& chunks) const {
  dialects::EventStream events;
  events.push(body_);
  std::vector<std::string> ids;
  while (const auto event = events.next()) {
    const std::optional<ChatChunk> chunk = ChatChunk::read(event->data);
    if (!chunk) continue;
    if (!chunk->text.empty()) chunks.push_back(chunk->text);
    chunk->add_calls(response.tool_calls, ids);
    if (!chunk->finish_reason.empty()) response.finish_reason = chunk->finish_reason;
    if (!chunk->model.empty()) response.model_version = chunk->model;
  }
}

context::Response RecordedAnswer::response(std::vector<std::string>& chunks) const {
  context::Response response = head_;
  if (too_long_) return response;
  response.size = static_cast<int64_t>(body_.size());
  if (events_) {
    read_events(response, chunks);
  } else if (auto answer = chat_ ? dialects::ChatAnswer::read(body_) : std::nullopt) {
    answer->tell(response);
  } else {
    assign_text(response.text, body_);
  }
  return response;
}

std::string_view upstream_error(const Exchange& x) {
  if (!x.outcome.failed || x.outcome.tries.empty()) return {};
  if (x.outcome.tries.back().status >= 400) return {};  // an answer of its own
  if (x.answer.begun()) return "broken";
  return x.outcome.status == 504 ? "timeout" : "refused";
}

// Of one that was refused before its body was read: what can be known of it all the same.
void hear_out(Exchange& x) {
  if (x.decision.allowed || x.decision.phase != plan::Phase::head || !x.body_read) return;
  const decision::Decision decided = std::exchange(x.decision, {});
  if (!read_dialect(x)) x.call.ai = {};
  x.decision = decided;
}

std::string traffic_line(const Exchange& x, const audit::Entry& entry) {
  context::Call call = x.call;
  if (x.unheard) call.ai = {};
  std::vector<std::string> chunks;
  if (x.answer.begun()) call.response = x.answer.response(chunks);
  std::string body;
  assign_text(body, x.body);
  std::string line;
  line.reserve(1024 + 2 * body.size());
  audit::append_traffic_record(line, {.call = &call,
                                      .body = body,
                                      .policy_version = x.service->plan().version,
                                      .outcome = &entry,
                                      .chunks = chunks,
                                      .error = upstream_error(x),
                                      .credentials = x.service->identities.headers(),
                                      .decided_ns = x.decided_at,
                                      .settled_ns = x.settled_at,
                                      .choices = x.asked.choices,
                                      .usual_tokens = x.asked.usual,
                                      .load = x.passage->evaluation().around().load,
                                      .in_flight = x.passage->evaluation().around().in_flight,
                                      .failed = x.failed,
                                      .client_gone = x.outcome.client_gone,
                                      .unheard = x.unheard});
  return line;
}

}  // namespace aipol::gateway
