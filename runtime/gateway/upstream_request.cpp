#include "runtime/gateway/upstream_request.h"

#include <algorithm>
#include <span>

#include "runtime/context/path.h"
#include "runtime/dialects/chat_body.h"
#include "runtime/dialects/with_member.h"
#include "runtime/enforce/written_body.h"
#include "runtime/http/write_head.h"

namespace aipol::gateway {

using http::HeadWriter;

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
  return std::ranges::any_of(names,
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
  const auto found = std::ranges::find(request.headers, lower,
                                       [](const auto& one) { return std::string_view(one.first); });
  return found == request.headers.end() ? nullptr : &found->second;
}

bool passes(const Exchange& exchange, std::string_view lower, const std::string* connection) {
  if (is_one_of(lower, hop_by_hop) || is_one_of(lower, not_forwarded)) return false;
  const auto& credentials = exchange.service->identities.headers();
  if (std::ranges::find(credentials, lower) != credentials.end()) return false;
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

// `request` has the fields as policies left them.
std::string request_head(const Exchange& exchange, const context::Request& request,
                         const upstream::Remote& remote, size_t body_size) {
  std::string out;
  out.reserve(1024);
  HeadWriter writer(out);
  writer.request_line(wire_method(request.method), request_target(exchange, remote));
  writer.field("host", remote.authority);
  const std::string* connection = header(exchange.call.request, "connection");
  for (const auto& [name, value] : request.headers) {
    if (passes(exchange, name, connection) && http::is_field_value(value))
      writer.field(name, value);
  }
  if (!remote.authorization.empty()) writer.field("authorization", remote.authorization);
  writer.field("x-request-id", request.id);
  const bool bodiless = body_size == 0 && (request.method == "get" || request.method == "head");
  if (!bodiless) writer.field("content-length", body_size);
  writer.end();
  return out;
}

// Whether the provider has to be asked for a stream's usage: it is counted, if not shown.
bool asks_for_usage(const Exchange& exchange, const context::Call& sent,
                    const context::BodyEdits& edits) {
  const bool edited = std::ranges::any_of(edits.fields, [](const context::BodyEdit& edit) {
    return edit.path.starts_with("stream_options");
  });
  return sent.ai.stream && (!exchange.wants_usage || edited);
}

std::string chat_body(Exchange& exchange, context::BodyEdits& edits, const context::Call& sent) {
  if (asks_for_usage(exchange, sent, edits))
    edits.fields.push_back({"stream_options.include_usage", true});
  if (!sent.ai.stream) edits.fields.push_back({"stream_options", std::nullopt});
  enforce::Passage& passage = *exchange.passage;
  const enforce::Redaction redaction = passage.redaction(enforce::Surface::request);
  std::function<std::string(std::string_view)> redact;
  if (!redaction.empty()) {
    redact = [&](std::string_view text) { return redaction.apply(text, passage.placeholders()); };
  }
  return dialects::edited_chat(exchange.body, edits, redact);
}

// The body with the provider's name of the model; empty where it is the client's as it came.
std::string with_model(const Exchange& exchange, std::string body, const plan::Model& model) {
  if (exchange.dialect->upstream_path.empty()) return body;
  if (body.empty() && exchange.call.ai.model == model.upstream) return body;
  return dialects::with_model(body.empty() ? exchange.body : std::string_view(body),
                              model.upstream);
}

std::string changed_body(Exchange& exchange, bool rewrites, context::BodyEdits& edits,
                         const context::Call& sent) {
  const bool chat = exchange.dialect->operation == "chat";
  if (exchange.prompt != nullptr) {
    context::Call worded = sent;
    worded.request.body_text.clear();  // the parameters: the provider gets the words
    std::string body = enforce::written_body(worded);
    return asks_for_usage(exchange, sent, edits)
               ? dialects::with_member(body, "stream_options", R"({"include_usage":true})")
               : body;
  }
  const bool asks = chat && asks_for_usage(exchange, sent, edits);
  if (chat && (rewrites || (asks && exchange.has_stream_options)))
    return chat_body(exchange, edits, sent);
  if (asks)
    return dialects::with_member(exchange.body, "stream_options", R"({"include_usage":true})");
  if (rewrites && !edits.fields.empty() && exchange.dialect->accepts == "json")
    return dialects::edited_object(exchange.body, edits);
  return {};
}

}  // namespace

UpstreamRequest upstream_request(Exchange& exchange, uint32_t target) {
  UpstreamRequest out;
  const plan::Model& model = exchange.service->deployment().models[target];
  const upstream::Remote& remote = exchange.service->remotes[model.provider];
  const bool rewrites = exchange.passage->rewrites_request();
  context::BodyEdits edits;
  std::optional<context::Call> rewritten;
  if (rewrites) rewritten = exchange.passage->forwarded(target, &edits);
  const context::Call& sent = rewritten ? *rewritten : exchange.call;
  out.changed = with_model(exchange, changed_body(exchange, rewrites, edits, sent), model);
  out.body = out.changed.empty() ? exchange.body : std::string_view(out.changed);
  out.head = request_head(exchange, sent.request, remote, out.body.size());
  return out;
}

bool is_returned(const http::Field& field, const http::ResponseHead& head) {
  if (is_one_of(field.name, hop_by_hop) || is_one_of(field.name, not_returned)) return false;
  const http::Field* connection = head.find("connection");
  if (connection == nullptr || http::equals_lower(field.name, "connection")) return true;
  std::string lower(field.name);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return !is_listed(connection->value, lower);
}

}  // namespace aipol::gateway
