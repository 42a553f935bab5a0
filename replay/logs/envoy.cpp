// Access logs of Envoy AI Gateway in JSON, in the fields of its documentation, those of releases
// before 0.4 (`genai_model_name`) and after (`gen_ai.request.model`).
// aigateway.envoyproxy.io/docs/capabilities/observability/accesslogs
#include "base/text.h"
#include "replay/logs/log_format.h"

namespace aipol::replay::logs {

namespace {

// The first of these members that is there.
const json* any_of(const json& line, std::initializer_list<std::string_view> names) {
  for (std::string_view name : names)
    if (const json* found = member(line, name)) return found;
  return nullptr;
}

void read_request(const json& line, Record& out) {
  out.set("request.id", text_of(any_of(line, {"x-request-id", "request_id"})));
  auto path =
      text_of(any_of(line, {"x-envoy-origin-path", "x-envoy-original-path", "path", ":path"}));
  if (path) out.set_url(*path);
  if (auto method = text_of(any_of(line, {"method", ":method"})))
    out.set("request.method", lower_ascii(*method));
  if (auto host = text_of(any_of(line, {":authority", "authority"})))
    out.set("request.host", lower_ascii(host_alone(*host)));
  out.set("request.user_agent", text_of(any_of(line, {"user-agent", "user_agent"})));
  out.set("request.size", integer_of(member(line, "bytes_received")));
  // Envoy's own judgement of who the client is; the header x-forwarded-for is the client's word.
  out.set_ip(text_of(
      any_of(line, {"downstream_remote_address_without_port", "downstream_remote_address"})));
}

void read_tool(const json& line, Record& out) {
  if (text_of(any_of(line, {"mcp_method", "mcp.method.name"})) != "tools/call") return;
  out.set("ai.operation", "tool");
  out.set("ai.tool.server", text_of(any_of(line, {"mcp_backend", "mcp.provider.name"})));
  out.set("session.id", text_of(any_of(line, {"mcp_session_id", "mcp.session.id"})));
}

// Answers that Envoy gave itself are none of a model.
void read_answer(const json& line, Record& out) {
  auto details = text_of(member(line, "response_code_details"));
  auto status = integer_of(member(line, "response_code"));
  if (!status || *status < 100 || (details && *details != "via_upstream")) return;
  out.set("response.status", *status);
  out.set("response.size", integer_of(member(line, "bytes_sent")));
  out.set_latency(number_of(member(line, "duration")));
}

}  // namespace

bool is_envoy(const json& document) {
  return text_of(member(document, "start_time")) && member(document, "response_code") != nullptr;
}

void translate_envoy(const json& line, Records& out) {
  Record record;
  if (!record.set_time(member(line, "start_time")))
    return out.unreadable("start_time: must be RFC 3339");
  read_request(line, record);
  read_tool(line, record);
  record.set("model.name", text_of(any_of(line, {"gen_ai.request.model", "genai_model_name"})));
  read_answer(line, record);
  auto input = integer_of(any_of(line, {"gen_ai.usage.input_tokens", "genai_tokens_input"}));
  record.set("ai.input_tokens", input);
  record.set("usage.input_tokens", input);
  record.set("usage.output_tokens",
             integer_of(any_of(line, {"gen_ai.usage.output_tokens", "genai_tokens_output"})));
  record.set("usage.cached_tokens",
             integer_of(any_of(line, {"gen_ai.usage.cached_input_tokens",
                                      "gen_ai.usage.cache_read.input_tokens"})));
  out.add(std::move(record), line);
}

}  // namespace aipol::replay::logs
