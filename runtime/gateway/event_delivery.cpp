#include "runtime/gateway/event_delivery.h"

#include <algorithm>

#include "base/token_estimate.h"
#include "runtime/gateway/usage_watch.h"

namespace aipol::gateway {

using dialects::ChatChunk;

namespace {

constexpr size_t most_text = 64 << 20;

}  // namespace

EventDelivery::EventDelivery(Exchange& exchange)
    : exchange_(exchange),
      stream_(*exchange.passage),
      redaction_(exchange.passage->redaction(enforce::Surface::response)),
      counter_(exchange.service->tokenizers[*exchange.target]),
      hides_usage_(!exchange.wants_usage) {
  whole_.status = exchange.call.response.status;
  whole_.latency_ns = exchange.call.response.latency_ns;
}

context::Usage EventDelivery::so_far() {
  context::Usage usage;
  usage.input_tokens = exchange_.estimate.input_tokens;
  const size_t calls = written_bytes(whole_) - whole_.text.size();
  usage.output_tokens = static_cast<int64_t>(counter_.about() + whole_tokens(calls));
  return usage;
}

std::optional<context::Usage> EventDelivery::used() {
  if (stream_.cut()) return exchange_.call.usage;
  if (reported_) return reported_;
  const context::Usage counted = so_far();
  return counted.output_tokens == 0 ? std::nullopt : std::optional(counted);
}

bool EventDelivery::push(std::string_view bytes, bool last, std::string& out) {
  events_.push(bytes);
  while (!ended_) {
    const auto event = events_.next();
    if (!event) break;
    if (!take(*event, out)) return false;
  }
  if (events_.broken() || whole_.text.size() > most_text) return false;
  if (last && !ended_ && !finished_) finish(out);
  return true;
}

bool EventDelivery::take(const dialects::EventStream::Event& event, std::string& out) {
  if (event.data.empty()) {
    out.append(event.raw);  // a comment that keeps the connection alive
    return true;
  }
  if (event.data == "[DONE]") {
    if (!finished_) finish(out);
    if (ended_) return true;
    if (!hides_usage_ && !told_usage_ && reported_ && latest_)
      out.append(latest_->usage_event(*reported_));
    out.append(dialects::end_of_events);
    return true;
  }
  std::optional<ChatChunk> chunk = ChatChunk::read(event.data);
  if (!chunk || chunk->other_choice || !chunk->readable) return false;
  if (chunk->usage) reported_ = chunk->usage;
  if (!chunk->model.empty()) whole_.model_version = chunk->model;
  if (!chunk->has_choices) {
    if (hides_usage_ && chunk->usage) return true;
    told_usage_ = told_usage_ || chunk->usage.has_value();
    out.append(event.raw);
    return true;
  }
  take_text(std::move(*chunk), out);
  return true;
}

void EventDelivery::take_text(ChatChunk chunk, std::string& out) {
  if (finished_) return;
  chunk.add_calls(whole_.tool_calls, call_ids_);
  counter_.push(chunk.reasoning);
  counter_.push(chunk.text);
  whole_.text += chunk.text;
  whole_.finish_reason = chunk.finish_reason;
  const bool first = !latest_;
  take_reasoning(chunk, out);
  latest_ = std::move(chunk);
  give(stream_.push(latest_->text, so_far(), false), first, out);
  if (stream_.refused()) return refuse(out);
  if (!whole_.finish_reason.empty()) finish(out);
}

// Comes before the text; where it ends, what was held back of it is passed on.
void EventDelivery::take_reasoning(const ChatChunk& chunk, std::string& out) {
  const bool ends = reasoning_ && (!chunk.text.empty() || !chunk.finish_reason.empty());
  if (chunk.reasoning.empty() && !ends) return;
  plain_ = false;
  if (!reasoning_) reasoning_.emplace(redaction_, exchange_.passage->placeholders());
  const std::string text = reasoning_->push(chunk.reasoning, ends);
  if (ends) reasoning_.reset();
  if (!text.empty()) out += chunk.reasoning_event(text);
}

void EventDelivery::see_usage(std::string_view bytes) {
  events_.push(bytes);
  while (const auto event = events_.next()) {
    if (event->data == "[DONE]" || events_.broken()) {
      reported_ = used().value_or(context::Usage{});
      return;
    }
    if (auto chunk = ChatChunk::read(event->data); chunk && chunk->usage) reported_ = chunk->usage;
  }
}

// The first event tells whose message it is, also without text.
void EventDelivery::give(const std::string& text, bool first, std::string& out) {
  if (!text.empty()) released_ = true;
  if (!text.empty() || first) out += latest_->text_event(text);
}

void EventDelivery::finish(std::string& out) {
  finished_ = true;
  context::Response& response = exchange_.call.response;
  response.tool_calls = whole_.tool_calls;
  response.finish_reason = whole_.finish_reason;
  response.model_version = whole_.model_version;
  if (!whole_.finish_reason.empty() && plain_) exchange_.passage->keep_answer(whole_);
  const std::string text = stream_.push("", so_far(), true);
  if (latest_) give(text, false, out);
  if (stream_.refused()) return refuse(out);
  released_ = true;
  if (!latest_) return;
  if (!response.tool_calls.empty())
    out += latest_->calls_event(response.tool_calls, kept_ids(response.tool_calls));
  const bool no_calls = response.tool_calls.empty() && whole_.finish_reason == "tool_calls";
  if (!whole_.finish_reason.empty())
    out += latest_->ending(no_calls ? "stop" : whole_.finish_reason);
}

// Of calls of which some were removed.
std::vector<std::string> EventDelivery::kept_ids(
    const std::vector<context::ToolCall>& calls) const {
  std::vector<std::string> ids;
  size_t at = 0;
  for (const context::ToolCall& call : calls) {
    while (at < whole_.tool_calls.size() && whole_.tool_calls[at].name != call.name) ++at;
    ids.push_back(at < call_ids_.size() ? call_ids_[at] : "");
    ++at;
  }
  return ids;
}

void EventDelivery::refuse(std::string& out) {
  ended_ = true;
  if (!stream_.cut() || !latest_) return;
  out += latest_->ending(exchange_.call.response.finish_reason);
  if (!hides_usage_) out += latest_->usage_event(exchange_.call.usage);
  out += dialects::end_of_events;
}

}  // namespace aipol::gateway
