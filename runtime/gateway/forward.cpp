#include "runtime/gateway/forward.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "runtime/context/path.h"
#include "runtime/dialects/rewrite_model.h"
#include "runtime/gateway/answer.h"
#include "runtime/gateway/worker.h"

namespace aipol::gateway {

using http::BodyDecoder;
using http::HeadWriter;
using http::Task;
using upstream::Transfer;
using State = BodyDecoder::State;

namespace {

// Fields of one connection (RFC 9110 section 7.6.1), and those that the gateway sets itself.
constexpr std::string_view hop_by_hop[] = {"connection", "keep-alive",     "proxy-connection",
                                           "te",         "trailer",        "transfer-encoding",
                                           "upgrade",    "content-length", "proxy-authenticate"};
// Accept-Encoding: an answer that policies can read is not compressed. Credentials are for the
// gateway alone.
constexpr std::string_view not_forwarded[] = {
    "host",   "expect",          "authorization", "proxy-authorization",
    "cookie", "accept-encoding", "x-request-id"};
constexpr std::string_view not_returned[] = {"date", "x-request-id", "x-aipol-policy"};

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view one) { return http::equals_lower(name, one); });
}

// Does `Connection: a, b` name this field.
bool is_listed(std::string_view list, std::string_view lower) {
  while (!list.empty()) {
    std::string_view item = list.substr(0, list.find(','));
    list.remove_prefix(std::min(item.size() + 1, list.size()));
    item.remove_prefix(std::min(item.find_first_not_of(" \t"), item.size()));
    item = item.substr(0, item.find_last_not_of(" \t") + 1);
    if (http::equals_lower(item, lower)) return true;
  }
  return false;
}

std::string_view wire_method(std::string_view lower) {
  constexpr std::pair<std::string_view, std::string_view> names[] = {
      {"post", "POST"},   {"get", "GET"},   {"put", "PUT"},        {"delete", "DELETE"},
      {"patch", "PATCH"}, {"head", "HEAD"}, {"options", "OPTIONS"}};
  for (const auto& [name, wire] : names) {
    if (name == lower) return wire;
  }
  return "POST";
}

const std::string* header(const context::Request& request, std::string_view lower) {
  const auto found = std::find_if(request.headers.begin(), request.headers.end(),
                                  [&](const auto& one) { return one.first == lower; });
  return found == request.headers.end() ? nullptr : &found->second;
}

bool passes(const Exchange& exchange, std::string_view lower, const std::string* connection) {
  if (is_one_of(lower, hop_by_hop) || is_one_of(lower, not_forwarded)) return false;
  const auto& credentials = exchange.service->identities.headers();
  if (std::find(credentials.begin(), credentials.end(), lower) != credentials.end()) return false;
  return connection == nullptr || !is_listed(*connection, lower);
}

std::string request_target(const Exchange& exchange, const upstream::Remote& remote) {
  const std::string_view fixed = exchange.dialect->upstream_path;
  if (!fixed.empty()) return upstream::remote_target(remote, fixed);
  std::string target =
      upstream::remote_target(remote, context::escape_path(exchange.call.request.path));
  if (!exchange.raw_query.empty()) target.append("?").append(exchange.raw_query);
  return target;
}

std::string request_head(const Exchange& exchange, const upstream::Remote& remote,
                         size_t body_size) {
  const context::Request& request = exchange.call.request;
  std::string out;
  out.reserve(1024);
  HeadWriter writer(out);
  writer.request_line(wire_method(request.method), request_target(exchange, remote));
  writer.field("host", remote.authority);
  const std::string* connection = header(request, "connection");
  for (const auto& [name, value] : request.headers) {
    if (passes(exchange, name, connection)) writer.field(name, value);
  }
  if (!remote.authorization.empty()) writer.field("authorization", remote.authorization);
  writer.field("x-request-id", request.id);
  const bool bodiless = body_size == 0 && (request.method == "get" || request.method == "head");
  if (!bodiless) writer.field("content-length", body_size);
  writer.end();
  return out;
}

// Copies the provider's fields that are for the client.
void return_fields(HeadWriter& writer, const http::ResponseHead& head) {
  const http::Field* connection = head.find("connection");
  for (const http::Field& field : head.fields) {
    if (is_one_of(field.name, hop_by_hop) || is_one_of(field.name, not_returned)) continue;
    if (connection != nullptr && !http::equals_lower(field.name, "connection")) {
      std::string lower(field.name);
      for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      if (is_listed(connection->value, lower)) continue;
    }
    writer.field(field.name, field.value);
  }
}

// Passes one answer on: how its body is framed for the client, and the writing.
class Return {
 public:
  Return(Exchange& exchange, Transfer& transfer) : exchange_(exchange), transfer_(transfer) {}

  // Null: all went. Otherwise why the provider's answer is incomplete; then the client has got a
  // part of it.
  Task<std::optional<upstream::Failure>> run() {
    State state = take();
    if (state != State::malformed) {
      choose_framing(state);
      write_head();
    }
    for (;;) {
      if (state == State::malformed)
        co_return upstream::Failure{502, "the provider breaks the rules of HTTP in its answer"};
      const bool written = co_await write(state);
      if (!written || state == State::end) co_return std::nullopt;
      if (auto failure = co_await transfer_.more()) co_return failure;
      state = take();
    }
  }
  bool begun() const { return begun_; }

 private:
  State take() {
    body_.clear();
    return transfer_.take(body_);
  }

  size_t body_size() const {
    size_t size = 0;
    for (const std::string_view piece : body_) size += piece.size();
    return size;
  }

  void choose_framing(State state) {
    has_body_ = transfer_.head().framing != http::Framing::none;
    if (!has_body_ || transfer_.head().framing == http::Framing::length) return;
    if (state == State::end)
      whole_ = true;  // here already: needs no chunks
    else if (exchange_.head.minor == 1)
      chunked_ = true;
    else
      exchange_.keep_alive = false;  // HTTP/1.0: ends with the connection
  }

  void write_head() {
    const http::ResponseHead& head = transfer_.head();
    exchange_.outcome.status = head.status;
    head_text_.reserve(1024);
    HeadWriter writer = begin_answer(exchange_, head.status, head_text_);
    return_fields(writer, head);
    if (chunked_)
      writer.field("transfer-encoding", "chunked");
    else if (whole_)
      writer.field("content-length", body_size());
    else if (const http::Field* length = head.find("content-length"))
      writer.field("content-length", length->value);
    writer.end();
  }

  Task<bool> write(State state) {
    const size_t size = has_body_ ? body_size() : 0;
    http::Pieces pieces;
    if (!begun_) pieces.emplace_back(head_text_);
    begun_ = true;
    if (chunked_ && size > 0) pieces.push_back(chunk_line(size));
    if (has_body_) pieces.insert(pieces.end(), body_.begin(), body_.end());
    if (chunked_ && size > 0) pieces.emplace_back("\r\n");
    if (chunked_ && state == State::end) pieces.emplace_back("0\r\n\r\n");
    if (pieces.empty() || co_await exchange_.client.write(pieces)) co_return true;
    exchange_.outcome.client_gone = true;
    exchange_.keep_alive = false;
    transfer_.cancel(Transfer::End::client_gone);
    co_return false;
  }

  std::string_view chunk_line(size_t size) {
    char* end = std::to_chars(chunk_line_, chunk_line_ + 16, size, 16).ptr;
    *end++ = '\r';
    *end++ = '\n';
    return {chunk_line_, end};
  }

  Exchange& exchange_;
  Transfer& transfer_;
  http::Pieces body_;
  std::string head_text_;
  char chunk_line_[18];
  bool has_body_ = false, chunked_ = false, whole_ = false, begun_ = false;
};

std::string rewritten_body(const Exchange& exchange) {
  const bool named = exchange.call.ai.model == exchange.model->upstream;
  if (named || exchange.dialect->upstream_path.empty()) return {};
  return dialects::with_model(exchange.body, exchange.model->upstream);
}

Task<std::optional<upstream::Failure>> call_and_return(Exchange& exchange, Transfer& transfer,
                                                       bool& begun) {
  const upstream::Remote& remote = exchange.service->remotes[exchange.model->provider];
  const std::string rewritten = rewritten_body(exchange);
  const std::string_view body = rewritten.empty() ? exchange.body : rewritten;
  const std::string head = request_head(exchange, remote, body.size());
  exchange.outcome.sent = http::Clock::now();
  if (auto failure = co_await transfer.call(head, body, exchange.call.request.method == "head"))
    co_return failure;
  exchange.outcome.first_byte = http::Clock::now();
  Return answer(exchange, transfer);
  auto failure = co_await answer.run();
  begun = answer.begun();
  co_return failure;
}

}  // namespace

Task<> forward(Exchange& exchange) {
  const upstream::Remote& remote = exchange.service->remotes[exchange.model->provider];
  const plan::Gateway& settings = exchange.service->settings();
  const auto timeout = remote.timeout.count() > 0
                           ? std::min(remote.timeout, settings.upstream_timeout)
                           : settings.upstream_timeout;
  std::optional<upstream::Failure> failure;
  bool begun = false;
  {
    Transfer transfer(exchange.worker.pool(), exchange.model->provider);
    exchange.client.set_limit(timeout);
    exchange.client.watch(transfer);
    failure = co_await call_and_return(exchange, transfer, begun);
    exchange.client.unwatch();
    exchange.outcome.client_gone = exchange.outcome.client_gone || transfer.client_gone();
  }
  if (!failure && !exchange.outcome.client_gone) co_return;
  exchange.keep_alive = false;
  if (failure) exchange.outcome.trouble = failure->message;
  if (failure && !begun && !exchange.outcome.client_gone) {
    exchange.keep_alive = exchange.head.keep_alive;
    co_await send_failure(exchange, *failure);
  }
}

}  // namespace aipol::gateway
