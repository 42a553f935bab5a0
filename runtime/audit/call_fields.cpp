#include "runtime/audit/call_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/civil.h"
#include "runtime/audit/entry.h"
#include "runtime/context/path.h"

namespace aipol::audit {

namespace {

void add_time(JsonWriter& out, std::string_view name, int64_t nanoseconds) {
  out.text(name, format_time(nanoseconds));
}

template <class Number>
void add_if_known(JsonWriter& out, std::string_view name, const std::optional<Number>& value) {
  if (value) out.number(name, *value);
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string wire_path(std::string_view path) {
  bool plain = std::ranges::all_of(path, [](char c) { return is_unreserved(c) || c == '/'; });
  return plain || path == "*" ? std::string(path) : context::escape_path(path);
}

std::string escape_query(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (is_unreserved(c))
      out += c;
    else
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

void open_record(JsonWriter& out, std::string& text, std::string_view kind, int64_t time_ns) {
  out.open('{');
  out.number("v", version);
  out.text("kind", kind);
  out.begin("time");
  text += '"';
  append_time(text, time_ns);
  text += '"';
}

void add_object_of(JsonWriter& out, std::string_view object, std::string_view member,
                   std::string_view value) {
  if (value.empty()) return;
  out.open(object, '{');
  out.text(member, value);
  out.close('}');
}

void add_surroundings(JsonWriter& out, const context::Request& request) {
  if (request.country) out.text("country", *request.country);
  if (request.region != "unknown") out.text("region", request.region);
  out.flag_if_set("tls", request.tls);
  out.number_if_any("size", request.size);
}

void add_session(JsonWriter& out, const context::Session& session) {
  if (session.id.empty()) return;
  out.open("session", '{');
  out.text("id", session.id);
  out.texts_if_any("tags", session.tags);
  out.number_if_any("turns", session.turns);
  out.close('}');
}

void add_principal_fields(JsonWriter& out, const context::Principal& principal) {
  out.text("kind", principal.kind);
  out.text_if_any("id", principal.id);
  out.text_if_any("name", principal.name);
  out.text_if_any("tenant", principal.tenant);
  out.text("method", principal.method);
  out.texts_if_any("roles", principal.roles);
  out.texts_if_any("groups", principal.groups);
  out.texts_if_any("scopes", principal.scopes);
  out.flag_if_set("mfa", principal.mfa);
  if (principal.expires_ns) add_time(out, "expires", *principal.expires_ns);
  if (principal.actor) out.text("actor", *principal.actor);
}

void add_principal(JsonWriter& out, const context::Principal& principal) {
  out.open("principal", '{');
  add_principal_fields(out, principal);
  out.close('}');
}

void add_ai_fields(JsonWriter& out, const context::Ai& ai) {
  out.text("operation", ai.operation);
  out.flag_if_set("stream", ai.stream);
  add_if_known(out, "max_tokens", ai.max_tokens);
  if (ai.temperature && std::isfinite(*ai.temperature))
    out.literal("temperature", fmt::format("{}", *ai.temperature));
  add_if_known(out, "input_tokens", ai.input_tokens);
  add_if_known(out, "turns", ai.turns);
  out.texts_if_any("tools", ai.tools);
  out.flag_if_set("has_images", ai.has_images);
  out.flag_if_set("has_audio", ai.has_audio);
  out.texts_if_any("tags", ai.tags);
}

void add_messages(JsonWriter& out, const std::vector<context::Message>& messages) {
  if (messages.empty()) return;
  out.open("messages", '[');
  for (const context::Message& message : messages) {
    out.open('{');
    out.text("role", message.role);
    out.text("text", message.text);
    out.close('}');
  }
  out.close(']');
}

void add_tool(JsonWriter& out, std::string_view server, std::string_view name,
              const std::vector<std::pair<std::string, std::string>>& arguments) {
  if (server.empty() && name.empty() && arguments.empty()) return;
  out.open("tool", '{');
  out.text_if_any("server", server);
  out.text_if_any("name", name);
  add_pairs(out, "args", arguments);
  out.close('}');
}

void add_response_fields(JsonWriter& out, const context::Response& response) {
  out.number("status", response.status);
  out.text_if_any("finish_reason", response.finish_reason);
  out.text_if_any("model_version", response.model_version);
  out.number_if_any("size", response.size);
  if (response.latency_ns > 0) out.billionths("latency", response.latency_ns);
}

void add_tool_calls(JsonWriter& out, const std::vector<context::ToolCall>& calls) {
  if (calls.empty()) return;
  out.open("tool_calls", '[');
  for (const context::ToolCall& call : calls) {
    out.open('{');
    out.text("name", call.name);
    out.text("arguments", call.arguments);
    out.close('}');
  }
  out.close(']');
}

void add_usage_fields(JsonWriter& out, const context::Usage& usage) {
  out.number("input_tokens", usage.input_tokens);
  out.number("output_tokens", usage.output_tokens);
  out.number_if_any("cached_tokens", usage.cached_tokens);
  out.number_if_any("reasoning_tokens", usage.reasoning_tokens);
  out.billionths("cost", usage.cost);
  out.flag_if_set("cached", usage.cached);
}

void add_pairs(JsonWriter& out, std::string_view name,
               const std::vector<std::pair<std::string, std::string>>& pairs) {
  if (pairs.empty()) return;
  out.open(name, '{');
  for (const auto& [key, value] : pairs) out.pair(key, value);
  out.close('}');
}

}  // namespace aipol::audit
