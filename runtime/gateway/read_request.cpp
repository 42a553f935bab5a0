#include "runtime/gateway/read_request.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "runtime/context/path.h"
#include "runtime/gateway/worker.h"
#include "runtime/http/body_decoder.h"
#include "runtime/http/read_head.h"

namespace aipol::gateway {

using http::BodyDecoder;
using http::Task;
using Got = Client::Got;
using plan::Phase;

namespace {

constexpr size_t most_headers = 100;
constexpr uint64_t most_discarded = 64 * 1024;
constexpr std::string_view too_slow_head = "the request head did not come in time";
constexpr std::string_view too_slow_body = "the request body did not come in time";

int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

void assign_lower(std::string& out, std::string_view text) {
  out.resize(text.size());
  std::transform(text.begin(), text.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
}

void copy_headers(const http::RequestHead& head, context::Request& request) {
  request.headers.resize(head.fields.size());
  for (size_t i = 0; i < head.fields.size(); ++i) {
    assign_lower(request.headers[i].first, head.fields[i].name);
    assign_text(request.headers[i].second, head.fields[i].value);
  }
}

void set_request_id(Exchange& exchange) {
  const http::Field* given = exchange.head.find("x-request-id");
  std::string& id = exchange.call.request.id;
  if (given != nullptr && is_request_id(given->value))
    id = given->value;
  else
    exchange.worker.request_ids().next(id);
}

// Empty lines before a request are left over by careless clients (RFC 9112 section 2.2).
void skip_empty_lines(http::Buffer& in) {
  while (in.data().starts_with("\r\n")) in.consume(2);
}

// The host of "host:port", "[::1]:port", without port and in lower case.
void set_host(std::string& out, std::string_view authority) {
  const size_t colon = authority.rfind(':');
  const bool port = colon != authority.npos && authority.find(']', colon) == authority.npos;
  assign_lower(out, authority.substr(0, port ? colon : authority.npos));
}

bool fill_request(Exchange& exchange) {
  const http::RequestHead& head = exchange.head;
  context::Request& request = exchange.call.request;
  request.method = head.method;
  set_host(request.host, head.host);
  request.ip = exchange.client.ip();
  request.tls = exchange.client.tls() != nullptr;
  request.size = static_cast<int64_t>(std::min<uint64_t>(head.length, INT64_MAX));
  copy_headers(head, request);
  set_request_id(exchange);
  exchange.head_read = true;
  exchange.keep_alive = head.keep_alive && !exchange.client.draining();
  exchange.body_read = head.framing == http::Framing::none;
  auto target = context::read_target(head.target);
  if (!target) return exchange.refuse(Phase::head, 400, target.error().message);
  request.path = std::move(target->path);
  request.query = std::move(target->query);
  exchange.raw_query = std::move(target->raw_query);
  if (!target->host.empty()) set_host(request.host, target->host);
  return true;
}

// The request is over before it was understood: there is no telling where the next one begins.
Arrival broken(Exchange& exchange, uint16_t status, std::string_view message) {
  exchange.refuse(Phase::head, status, std::string(message));
  if (exchange.call.request.id.empty() || !exchange.head_read)
    exchange.worker.request_ids().next(exchange.call.request.id);
  exchange.body_read = exchange.keep_alive = false;
  return Arrival::refused;
}

Arrival take_head(Exchange& exchange, size_t size) {
  http::Buffer& in = exchange.client.in();
  const auto read = http::read_request_head(in.data().substr(0, size), exchange.head);
  if (!read) return broken(exchange, read.error().status, read.error().reason);
  in.consume(size);  // the views stay: nothing is written into the buffer before the body is read
  return fill_request(exchange) ? Arrival::request : Arrival::refused;
}

// Waits for the first byte of a request; its arrival is the request's.
Task<bool> await_request(Exchange& exchange) {
  Client& client = exchange.client;
  client.next_request();
  bool waits = false;
  for (;;) {
    skip_empty_lines(client.in());
    if (!client.in().empty()) break;
    if (!std::exchange(waits, true))
      client.set_limit(
          exchange.worker.service()->settings().idle_timeout);  // empty lines give no more time
    if (co_await client.read_first() != Got::bytes) co_return false;
  }
  begin(exchange);  // by the set that is in force now: another, perhaps, than when it began to wait
  exchange.outcome.begun = http::Clock::now();
  exchange.call.request.time_ns = now_ns();
  client.set_limit(exchange.outcome.begun + exchange.service->settings().header_timeout);
  co_return true;
}

bool too_large(Exchange& exchange) {
  const uint64_t most = static_cast<uint64_t>(exchange.service->settings().max_body_bytes);
  if (exchange.head.length <= most && exchange.dechunked_body.size() <= most) return false;
  exchange.refuse(Phase::body, 413, "the request body is too large");
  return true;
}

bool failed_read(Exchange& exchange, Got got) {
  exchange.keep_alive = false;
  exchange.outcome.client_gone = got == Got::closed;
  if (got == Got::closed)
    return exchange.refuse(Phase::body, 499, "the client left before its request had come whole");
  return exchange.refuse(Phase::body, 408, std::string(too_slow_body));
}

Task<bool> invite_body(Exchange& exchange) {
  if (!exchange.head.expects_continue || !exchange.client.in().empty()) co_return true;
  http::Pieces interim{"HTTP/1.1 100 Continue\r\n\r\n"};
  co_return co_await exchange.client.write(interim);
}

Task<bool> read_by_length(Exchange& exchange) {
  http::Buffer& in = exchange.client.in();
  while (in.size() < exchange.head.length) {
    const Got got = co_await exchange.client.read();
    if (got != Got::bytes) co_return failed_read(exchange, got);
  }
  exchange.body = in.data().substr(0, exchange.head.length);
  exchange.body_bytes = exchange.body.size();
  in.consume(exchange.body.size());  // stays readable until the next read into the buffer
  co_return true;
}

Task<bool> read_chunks(Exchange& exchange) {
  http::Buffer& in = exchange.client.in();
  BodyDecoder decoder(exchange.head);
  http::Pieces pieces;
  for (;;) {
    const auto step = decoder.decode(in.data(), pieces);
    for (const std::string_view piece : pieces) exchange.dechunked_body += piece;
    pieces.clear();
    in.consume(step.consumed);
    exchange.body_bytes = exchange.dechunked_body.size();
    if (step.state == BodyDecoder::State::malformed)
      co_return exchange.refuse(Phase::body, 400, "the chunks of the body are malformed");
    if (too_large(exchange)) co_return false;
    if (step.state == BodyDecoder::State::end) break;
    const Got got = co_await exchange.client.read();
    if (got != Got::bytes) co_return failed_read(exchange, got);
  }
  exchange.body = exchange.dechunked_body;
  co_return true;
}

}  // namespace

Task<Arrival> read_head(Exchange& exchange) {
  if (!co_await await_request(exchange)) co_return Arrival::nothing;
  Client& client = exchange.client;
  const http::HeadLimits limits{static_cast<size_t>(exchange.service->settings().max_header_bytes),
                                most_headers};
  http::HeadScan scan;
  for (;;) {
    const auto end = scan.find_end(client.in().data(), limits);
    if (!end) co_return broken(exchange, end.error().status, end.error().reason);
    if (*end) co_return take_head(exchange, **end);
    const Got got = co_await client.read();
    if (got == Got::timed_out) co_return broken(exchange, 408, too_slow_head);
    if (got == Got::closed) co_return Arrival::nothing;
  }
}

Task<bool> read_body(Exchange& exchange) {
  if (exchange.body_read) co_return true;
  if (too_large(exchange)) co_return false;
  exchange.client.set_limit(exchange.service->settings().body_timeout);
  if (!co_await invite_body(exchange)) co_return failed_read(exchange, Got::closed);
  const bool chunked = exchange.head.framing == http::Framing::chunked;
  exchange.body_read = chunked ? co_await read_chunks(exchange) : co_await read_by_length(exchange);
  co_return exchange.body_read;
}

bool can_discard_body(const Exchange& exchange) {
  if (exchange.body_read) return true;
  return exchange.head_read && exchange.head.framing == http::Framing::length &&
         !exchange.head.expects_continue && exchange.head.length <= most_discarded;
}

Task<> discard_body(Exchange& exchange) {
  exchange.client.set_limit(exchange.service->settings().body_timeout);
  exchange.body_read = co_await read_by_length(exchange);
}

}  // namespace aipol::gateway
