#include "runtime/gateway/delivery.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "base/token_estimate.h"
#include "runtime/dialects/chat_answer.h"
#include "runtime/gateway/answer.h"
#include "runtime/gateway/asks_store.h"
#include "runtime/gateway/event_delivery.h"
#include "runtime/gateway/off_loop.h"
#include "runtime/gateway/rate_limits.h"
#include "runtime/gateway/upstream_request.h"
#include "runtime/gateway/usage_watch.h"
#include "runtime/gateway/worker.h"

namespace aipol::gateway {

using http::HeadWriter;
using http::Task;
using upstream::Failure;

namespace {

constexpr size_t most_inspected = 64 << 20;  // bytes of an answer that is held back
constexpr size_t most_read_for_usage = 256 * 1024;
constexpr std::chrono::seconds longest_wait_for_usage{2};

bool good(uint16_t status) { return status >= 200 && status < 300; }

bool streams_events(const http::ResponseHead& head) {
  const http::Field* type = head.find("content-type");
  return type != nullptr && lower_ascii(type->value).starts_with("text/event-stream");
}

bool is_encoded(const http::ResponseHead& head) {
  const http::Field* encoding = head.find("content-encoding");
  return encoding != nullptr && lower_ascii(encoding->value) != "identity";
}

}  // namespace

Failure Delivery::malformed() const {
  return {502, "the provider breaks the rules of HTTP in its answer"};
}

Delivery::State Delivery::take() {
  body_.clear();
  const State state = answer_.take(body_);
  for (const std::string_view piece : body_) exchange_.answer.add(piece);
  return state;
}

// What policies may read before the body.
void Delivery::tell_head() {
  context::Response& response = exchange_.call.response;
  response = {};
  response.status = answer_.head().status;
  response.latency_ns = (exchange_.outcome.first_byte - exchange_.outcome.sent).count();
}

bool Delivery::returns(const http::Field& field) const {
  const bool limited = !exchange_.passage->quotas().empty();
  return is_returned(field, answer_.head()) && !(limited && is_rate_limit(field.name));
}

// Where policies may change them.
void Delivery::tell_fields() {
  for (const http::Field& field : answer_.head().fields) {
    if (returns(field))
      exchange_.call.response.headers.emplace_back(lower_ascii(field.name), field.value);
  }
}

Task<std::optional<Failure>> Delivery::run() {
  tell_head();
  const http::ResponseHead& head = answer_.head();
  const bool chat = exchange_.dialect->operation == "chat" && good(head.status);
  const bool events = chat && streams_events(head);
  has_body_ = head.framing != http::Framing::none;
  watched_ = exchange_.passage->watches_answer();
  if (exchange_.service->keeps_answers)
    exchange_.answer.begin(exchange_.call.response, chat, events);
  if (!watched_) co_return co_await pass(events);
  tell_fields();
  asks_store_ = asks_store_of_answers(exchange_.passage->engine().program());
  if (has_body_ && is_encoded(head))
    co_return Failure{502, "the provider's answer is compressed, though it was not asked to be"};
  if (events) co_return co_await deliver_events();
  co_return co_await deliver_whole();
}

// --- writing ---

void Delivery::write_head() {
  head_text_.reserve(1024);
  const auto status = static_cast<uint16_t>(exchange_.call.response.status);
  exchange_.outcome.status = status;
  HeadWriter writer = begin_answer(exchange_, status, head_text_);
  for (const auto& [name, value] : exchange_.call.response.headers) {
    if (http::is_field_value(value)) writer.field(name, value);
  }
  for (const http::Field& field : answer_.head().fields) {
    if (!watched_ && returns(field)) writer.field(field.name, field.value);
  }
  if (chunked_)
    writer.field("transfer-encoding", "chunked");
  else if (length_)
    writer.field("content-length", *length_);
  writer.end();
}

// Of a body whose length is not known yet.
void Delivery::frame(bool known_length, size_t whole_size, bool whole) {
  if (!has_body_ || known_length) return;
  if (whole)
    length_ = whole_size;  // here already: needs no chunks
  else if (exchange_.head.minor == 1)
    chunked_ = true;
  else
    exchange_.keep_alive = false;  // HTTP/1.0: ends with the connection
}

std::string_view Delivery::chunk_line(size_t size) {
  char* end = std::to_chars(chunk_line_, chunk_line_ + 16, size, 16).ptr;
  *end++ = '\r';
  *end++ = '\n';
  return {chunk_line_, end};
}

Task<bool> Delivery::write(http::Pieces& body, bool last) {
  size_t size = 0;
  for (const std::string_view piece : body) size += piece.size();
  http::Pieces pieces;
  if (!begun_) pieces.emplace_back(head_text_);
  begun_ = true;
  if (chunked_ && size > 0) pieces.push_back(chunk_line(size));
  if (has_body_) pieces.insert(pieces.end(), body.begin(), body.end());
  if (chunked_ && size > 0) pieces.emplace_back("\r\n");
  if (chunked_ && last) pieces.emplace_back("0\r\n\r\n");
  if (pieces.empty() || co_await exchange_.client.write(pieces)) co_return true;
  exchange_.outcome.client_gone = true;
  exchange_.keep_alive = false;
  answer_.cancel(upstream::Answer::End::client_gone);
  co_return false;
}

// --- as it comes ---

Task<std::optional<Failure>> Delivery::pass(bool events) {
  const bool chat = exchange_.dialect->operation == "chat" && good(answer_.head().status);
  UsageWatch watch(exchange_.worker.body_reader(), events, events && !exchange_.wants_usage);
  std::optional<Failure> failure;
  for (State state = take();; state = take()) {
    if (state == State::malformed) {
      failure = malformed();
      break;
    }
    const bool last = state == State::end;
    http::Pieces out;
    std::string text;
    if (!chat) out = body_;
    for (size_t i = 0; chat && i < body_.size(); ++i) {
      const std::string_view seen = watch.push(body_[i], false);
      events ? static_cast<void>(text.append(seen)) : out.push_back(seen);
    }
    if (events) {
      if (last) text.append(watch.push({}, true));
      out = {text};
    }
    if (!begun_) {
      const http::Field* length = answer_.head().find("content-length");
      const bool known = !events && answer_.head().framing == http::Framing::length;
      if (length != nullptr && known) length_ = answer_.head().length;
      size_t size = 0;
      for (const std::string_view piece : out) size += piece.size();
      frame(known, size, last);
      if (!has_body_ && length != nullptr) length_ = answer_.head().length;
      write_head();
    }
    const bool written = co_await write(out, last);
    if (!written || last) break;
    failure = co_await answer_.more();
    if (failure) break;
  }
  if (chat) exchange_.used = watch.used(exchange_.estimate.input_tokens);
  co_return failure;
}

// --- event by event ---

// What was made was paid for, also where it is refused.
Task<> Delivery::read_usage(EventDelivery& delivery) {
  if (delivery.awaits_usage()) delivery.see_usage({});  // what came with the last text
  for (size_t bytes = 0; delivery.awaits_usage() && bytes < most_read_for_usage;) {
    const State state = take();
    for (const std::string_view piece : body_) {
      bytes += piece.size();
      delivery.see_usage(piece);
    }
    if (state != State::more || !delivery.awaits_usage()) co_return;
    const auto failure = co_await answer_.more();
    if (failure) co_return;
  }
}

Task<std::optional<Failure>> Delivery::deliver_events() {
  EventDelivery delivery(exchange_);
  context::Response& response = exchange_.call.response;
  const auto status = response.status;
  std::optional<Failure> failure;
  std::string out;
  for (State state = take();; state = take()) {
    if (state == State::malformed) {
      failure = malformed();
      break;
    }
    const bool last = state == State::end;
    bool readable = true;
    auto push = [&] {
      for (size_t i = 0; readable && i < body_.size(); ++i)
        readable = delivery.push(body_[i], false, out);
      if (last && readable) readable = delivery.push({}, true, out);
    };
    asks_store_ ? co_await off_loop(exchange_.worker, push) : push();
    if (!readable) {
      failure = Failure{502, "the provider's answer is no stream of a chat with one choice"};
      break;
    }
    const bool over = last || delivery.ended();
    if (delivery.released() && (!out.empty() || over)) {
      if (!begun_) {
        response.status = status;
        enforce::rewrite_fields(exchange_.passage->evaluation(), response);
        frame(false, out.size(), over);
        write_head();
      }
      http::Pieces pieces;
      if (!out.empty()) pieces.emplace_back(out);
      const bool written = co_await write(pieces, over);
      out.clear();
      if (!written) break;
    }
    if (over) break;
    failure = co_await answer_.more();
    if (failure) break;
  }
  if (delivery.refused()) {
    exchange_.decision = *delivery.refused();
    if (!begun_) {
      begun_ = true;
      co_await send_refusal(exchange_);
    }
    exchange_.client.set_limit(longest_wait_for_usage);
    co_await read_usage(delivery);
    answer_.cancel(upstream::Answer::End::refused);
  }
  exchange_.used = delivery.used();
  co_return failure;
}

// --- whole ---

// The body that the client gets; nothing where the answer is of no use.
Task<std::optional<std::string>> Delivery::whole_body(std::string body) {
  context::Response& response = exchange_.call.response;
  enforce::Passage& passage = *exchange_.passage;
  const bool chat = exchange_.dialect->operation == "chat" && good(answer_.head().status);
  response.size = static_cast<int64_t>(body.size());
  std::optional<dialects::ChatAnswer> answer;
  if (chat && has_body_) {
    answer = dialects::ChatAnswer::read(body);
    if (!answer || first_invalid_utf8(body)) co_return std::nullopt;
    answer->tell(response);
    exchange_.used = dialects::read_usage(exchange_.worker.body_reader(), {body, false});
    if (!exchange_.used)
      exchange_.used = context::Usage{
          .input_tokens = exchange_.estimate.input_tokens,
          .output_tokens = static_cast<int64_t>(whole_tokens(written_bytes(response)))};
    if (answer->plain()) passage.keep_answer(response);
  } else {
    assign_text(response.text, body);
    if (response.text == body) passage.keep_answer(response);
  }
  const enforce::Redaction redaction = passage.redaction(enforce::Surface::response);
  const context::Response before = response;
  std::optional<decision::Decision> refused;
  auto look = [&] { refused = passage.output(); };
  asks_store_ ? co_await off_loop(exchange_.worker, look) : look();
  if (refused) {
    exchange_.decision = std::move(*refused);
    co_return body;
  }
  const bool same =
      response.text == before.text &&
      std::ranges::equal(response.tool_calls, before.tool_calls, [](const auto& a, const auto& b) {
        return a.name == b.name && a.arguments == b.arguments;
      });
  if (!answer) co_return same ? std::move(body) : response.text;
  if (same && redaction.empty()) co_return body;
  co_return answer->with(response, [&](std::string_view text) {
    return passage.placeholders().restore(redaction.apply(text, passage.placeholders()));
  });
}

Task<std::optional<Failure>> Delivery::deliver_whole() {
  std::string body;
  for (State state = take();; state = take()) {
    if (state == State::malformed) co_return malformed();
    for (const std::string_view piece : body_) body.append(piece);
    if (body.size() > most_inspected)
      co_return Failure{502, "the provider's answer is too large to be looked at"};
    if (state == State::end) break;
    if (auto failure = co_await answer_.more()) co_return failure;
  }
  std::optional<std::string> out = co_await whole_body(std::move(body));
  if (!out) co_return Failure{502, "the provider's answer is no answer to a chat"};
  if (!exchange_.decision.allowed) {
    begun_ = true;
    co_await send_refusal(exchange_);
    co_return std::nullopt;
  }
  if (has_body_ || answer_.head().find("content-length") != nullptr) length_ = out->size();
  if (!has_body_ && length_) length_ = answer_.head().length;
  std::erase_if(exchange_.call.response.headers,
                [](const auto& field) { return field.first == "content-length"; });
  write_head();
  http::Pieces pieces;
  if (!out->empty()) pieces.emplace_back(*out);
  co_await write(pieces, true);
  co_return std::nullopt;
}

}  // namespace aipol::gateway
