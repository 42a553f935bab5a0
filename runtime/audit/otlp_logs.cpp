// Records as logs of OpenTelemetry: opentelemetry-proto logs v1 in its JSON encoding, attributes by
// the semantic conventions for GenAI, HTTP and clients where they have one.
#include <nlohmann/json.hpp>

#include "base/civil.h"
#include "base/clock.h"
#include "base/json_text.h"
#include "runtime/audit/delivery.h"

namespace aipol::audit {

namespace {

using nlohmann::json;

enum class As : uint8_t { text, integer, real };

struct Row {
  const char* pointer;  // in the record
  const char* name;
  As as;
};

constexpr Row rows[] = {
    {"/kind", "aipol.record.kind", As::text},
    {"/id", "aipol.request.id", As::text},
    {"/decision", "aipol.decision", As::text},
    {"/policy", "aipol.policy", As::text},
    {"/statement", "aipol.statement", As::text},
    {"/system/policy_version", "aipol.policy_version", As::text},
    {"/trouble", "error.message", As::text},
    {"/status", "http.response.status_code", As::integer},
    {"/request/method", "http.request.method", As::text},
    {"/request/path", "url.path", As::text},
    {"/request/endpoint", "http.route", As::text},
    {"/request/ip", "client.address", As::text},
    {"/principal/id", "user.id", As::text},
    {"/principal/name", "user.name", As::text},
    {"/session/id", "gen_ai.conversation.id", As::text},
    {"/model/name", "gen_ai.request.model", As::text},
    {"/target", "gen_ai.response.model", As::text},
    {"/provider", "gen_ai.provider.name", As::text},
    {"/ai/max_tokens", "gen_ai.request.max_tokens", As::integer},
    {"/ai/temperature", "gen_ai.request.temperature", As::real},
    {"/usage/input_tokens", "gen_ai.usage.input_tokens", As::integer},
    {"/usage/output_tokens", "gen_ai.usage.output_tokens", As::integer},
    {"/usage/cached_tokens", "gen_ai.usage.cache_read.input_tokens", As::integer},
    {"/usage/cost", "aipol.usage.cost", As::real},
};

// What the conventions call the operations that they know.
std::string_view operation_name(std::string_view operation) {
  constexpr std::pair<std::string_view, std::string_view> names[] = {
      {"responses", "chat"},
      {"completion", "text_completion"},
      {"embedding", "embeddings"},
      {"tool", "execute_tool"},
  };
  for (auto [ours, theirs] : names) {
    if (operation == ours) return theirs;
  }
  return operation;
}

void add_text(JsonWriter& out, std::string_view name, std::string_view value) {
  out.open('{');
  out.text("key", name);
  out.open("value", '{');
  out.text("stringValue", value);
  out.close('}');
  out.close('}');
}

// 64-bit integers are strings in the JSON encoding of protobuf.
void add_value(JsonWriter& out, const Row& row, const json& value) {
  if (row.as == As::text) {
    if (value.is_string()) add_text(out, row.name, value.get_ref<const std::string&>());
    return;
  }
  if (!value.is_number()) return;
  out.open('{');
  out.text("key", row.name);
  out.open("value", '{');
  if (row.as == As::integer)
    out.text("intValue", std::to_string(value.get<int64_t>()));
  else
    out.literal("doubleValue", value.dump());
  out.close('}');
  out.close('}');
}

void add_attributes(JsonWriter& out, const json& record) {
  out.open("attributes", '[');
  for (const Row& row : rows) {
    json::json_pointer pointer(row.pointer);
    if (record.contains(pointer)) add_value(out, row, record[pointer]);
  }
  json::json_pointer operation("/ai/operation"), reason("/response/finish_reason");
  if (record.contains(operation) && record[operation].is_string())
    add_text(out, "gen_ai.operation.name",
             operation_name(record[operation].get_ref<const std::string&>()));
  if (record.contains(reason) && record[reason].is_string()) {
    out.open('{');
    out.text("key", "gen_ai.response.finish_reasons");
    out.open("value", '{');
    out.open("arrayValue", '{');
    out.open("values", '[');
    out.open('{');
    out.text("stringValue", record[reason].get_ref<const std::string&>());
    out.close('}');
    out.close(']');
    out.close('}');
    out.close('}');
    out.close('}');
  }
  out.close(']');
}

// Severities of the data model: 9 is INFO, 13 WARN.
void add_severity(JsonWriter& out, const json& record) {
  std::string kind = record.value("kind", "");
  bool warning = kind == "alert" || kind == "shed" || record.value("decision", "") == "deny";
  out.number("severityNumber", warning ? 13 : 9);
  out.text("severityText", warning ? "WARN" : "INFO");
}

void add_log(JsonWriter& out, std::string_view line, int64_t now) {
  json record = json::parse(line, nullptr, false);
  if (!record.is_object()) record = json::object();
  int64_t time = parse_time(record.value("time", "")).value_or(now);
  out.open('{');
  out.text("timeUnixNano", std::to_string(time));
  out.text("observedTimeUnixNano", std::to_string(now));
  add_severity(out, record);
  out.text("eventName", "aipol.audit");
  out.open("body", '{');
  out.text("stringValue", line);
  out.close('}');
  add_attributes(out, record);
  out.close('}');
}

class OtlpLogs final : public Form {
 public:
  std::string body(const std::vector<std::string_view>& lines) const override {
    std::string text;
    JsonWriter out(text);
    int64_t now = SystemClock().now();
    out.open('{');
    out.open("resourceLogs", '[');
    out.open('{');
    out.open("resource", '{');
    out.open("attributes", '[');
    add_text(out, "service.name", "aipol");
    out.close(']');
    out.close('}');
    out.open("scopeLogs", '[');
    out.open('{');
    out.open("scope", '{');
    out.text("name", "aipol.audit");
    out.close('}');
    out.open("logRecords", '[');
    for (std::string_view line : lines) add_log(out, line, now);
    for (char bracket : {']', '}', ']', '}', ']', '}'}) out.close(bracket);
    return text;
  }

  // `partialSuccess.rejectedLogRecords`, a number or a string.
  uint64_t refused(const web::Answer& answer) const override {
    json body = json::parse(answer.body, nullptr, false);
    json::json_pointer pointer("/partialSuccess/rejectedLogRecords");
    if (!body.is_object() || !body.contains(pointer)) return 0;
    const json& count = body[pointer];
    if (count.is_number_unsigned()) return count.get<uint64_t>();
    return count.is_string() ? std::strtoull(count.get<std::string>().c_str(), nullptr, 10) : 0;
  }
};

}  // namespace

std::unique_ptr<Form> otlp_logs() { return std::make_unique<OtlpLogs>(); }

}  // namespace aipol::audit
