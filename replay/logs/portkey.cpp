// Exports of Portkey's logs: an object a line, of the columns that were asked for.
// portkey.ai/docs/product/observability/logs-export
#include <algorithm>

#include "base/text.h"
#include "replay/logs/chat.h"
#include "replay/logs/log_format.h"

namespace aipol::replay::logs {

namespace {

// `request.body` as a column, or as a member of `request`; `request` itself where it is the body.
std::optional<json> body_of(const json& line, std::string_view part) {
  if (const json* column = member(line, std::string(part) + ".body")) return unwrapped(column);
  std::optional<json> whole = unwrapped(member(line, part));
  if (!whole || !whole->is_object()) return std::nullopt;
  const json* body = member(*whole, "body");
  return body == nullptr ? whole : unwrapped(body);
}

// Keys and values of metadata as an object, or as two columns.
std::optional<std::string_view> metadata_of(const json& line, std::string_view name) {
  if (auto text = text_of(member(line, {"metadata", name}))) return text;
  const json* keys = member(line, "metadata.key");
  const json* values = member(line, "metadata.value");
  if (keys == nullptr || values == nullptr || !keys->is_array() || !values->is_array()) return {};
  for (size_t i = 0; i < std::min(keys->size(), values->size()); ++i)
    if (text_of(&(*keys)[i]) == name) return text_of(&(*values)[i]);
  return {};
}

void read_usage_columns(const json& line, Record& out) {
  auto input = integer_of(member(line, "req_units"));
  out.set("ai.input_tokens", input);
  out.set("usage.input_tokens", input);
  out.set("usage.output_tokens", integer_of(member(line, "res_units")));
  auto currency = text_of(member(line, "cost_currency"));
  auto cents = number_of(member(line, "cost"));
  if (cents && (!currency || lower_ascii(*currency) == "usd")) out.set("usage.cost", *cents / 100);
  if (auto cache = text_of(member(line, "cache_status")))
    out.set("usage.cached", lower_ascii(*cache).ends_with("hit"));
}

}  // namespace

bool is_portkey(const json& document) {
  if (member(document, "created_at") == nullptr) return false;
  for (std::string_view column :
       {"ai_model", "ai_org", "req_units", "is_success", "response_status_code"})
    if (member(document, column) != nullptr) return true;
  return false;
}

void translate_portkey(const json& line, Records& out) {
  Record record;
  if (!record.set_time(member(line, "created_at")))
    return out.unreadable("created_at: must be RFC 3339, or seconds since the epoch");
  record.set("request.id", text_of(member(line, "id")));
  record.set("model.name", text_of(member(line, "ai_model")));
  if (auto body = body_of(line, "request")) read_request_body(*body, record);
  if (auto method = text_of(member(line, "request_method")))
    record.set("request.method", lower_ascii(*method));
  // The provider's address, not that of the gateway: it tells what was asked for, not where.
  std::string_view operation = operation_at(text_of(member(line, "request_url")).value_or(""));
  if (!operation.empty()) record.set("ai.operation", operation);
  record.set("ai.stream", boolean_of(member(line, "stream_mode")));
  record.set("principal.id", metadata_of(line, "_user"));
  if (auto body = body_of(line, "response")) read_answer_body(*body, record);
  auto status = integer_of(member(line, "response_status_code"));
  if (status && *status >= 100 && *status < 600) record.set("response.status", *status);
  record.set_latency(number_of(member(line, "response_time")));
  read_usage_columns(line, record);
  out.add(std::move(record), line);
}

}  // namespace aipol::replay::logs
