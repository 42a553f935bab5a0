// HTTP archives 1.2: one document whose log.entries are the calls.
// w3c.github.io/web-performance/specs/HAR/Overview.html
#include "base/text.h"
#include "replay/logs/base64.h"
#include "replay/logs/chat.h"
#include "replay/logs/credentials.h"
#include "replay/logs/log_format.h"

namespace aipol::replay::logs {

namespace {

bool is_entry(const json& document) {
  return member(document, "startedDateTime") != nullptr &&
         text_of(member(document, {"request", "url"}));
}

// Of a name that comes more than once policies read the first.
void read_headers(const json* headers, Record& out) {
  if (headers == nullptr || !headers->is_array()) return;
  json kept = json::object();
  for (const json& header : *headers) {
    auto name = text_of(member(header, "name"));
    const json* value = member(header, "value");
    if (!name || value == nullptr || !value->is_string()) continue;
    std::string lower = lower_ascii(*name);
    if (!bears_credential(lower) && !lower.starts_with(':') && !kept.contains(lower))
      kept[lower] = *value;
  }
  if (auto id = text_of(member(kept, "x-request-id"))) out.set("request.id", *id);
  out.set("request.headers", std::move(kept));
}

void read_request(const json& request, Record& out) {
  out.set_url(*text_of(member(request, "url")));
  if (auto method = text_of(member(request, "method")))
    out.set("request.method", lower_ascii(*method));
  read_headers(member(request, "headers"), out);
  auto size = integer_of(member(request, "bodySize"));
  if (size && *size >= 0) out.set("request.size", *size);
  const json* body = member(request, {"postData", "text"});
  if (body != nullptr && body->is_string()) out.set("request.body_text", *body);
}

void read_content(const json& content, Record& out) {
  const json* text = member(content, "text");
  if (text == nullptr || !text->is_string()) return;
  std::string decoded;
  std::string_view body = text->get_ref<const std::string&>();
  if (text_of(member(content, "encoding")) == "base64") {
    std::optional<std::string> bytes = decode_base64(body);
    if (!bytes) return;
    body = decoded = std::move(*bytes);
  }
  std::string type = lower_ascii(text_of(member(content, "mimeType")).value_or(""));
  if (type.starts_with("text/event-stream")) return read_event_stream(body, out);
  if (Result<json> answer = parse_document(body)) read_answer_body(*answer, out);
}

void read_response(const json& entry, Record& out) {
  const json* response = member(entry, "response");
  if (response == nullptr) return;
  // A status of 0 is an answer that never came.
  auto status = integer_of(member(*response, "status"));
  if (!status || *status < 100) return;
  out.set("response.status", *status);
  auto size = integer_of(member(*response, "bodySize"));
  if (!size || *size < 0) size = integer_of(member(*response, {"content", "size"}));
  if (size && *size >= 0) out.set("response.size", *size);
  out.set_latency(number_of(member(entry, "time")));
  if (const json* content = member(*response, "content")) read_content(*content, out);
}

void translate_entry(const json& entry, Records& out) {
  if (!is_entry(entry))
    return out.unreadable("is no entry of an archive: it has no `startedDateTime` and `request`");
  Record record;
  if (!record.set_time(member(entry, "startedDateTime")))
    return out.unreadable("startedDateTime: must be RFC 3339");
  read_request(*member(entry, "request"), record);
  read_response(entry, record);
  out.add(std::move(record), entry);
}

}  // namespace

bool is_har(const json& document) {
  return is_entry(document) || member(document, {"log", "entries"}) != nullptr;
}

void translate_har(const json& document, Records& out) {
  const json* entries = member(document, {"log", "entries"});
  if (entries == nullptr) return translate_entry(document, out);
  if (!entries->is_array()) return out.unreadable("log.entries: must be an array");
  for (const json& entry : *entries) translate_entry(entry, out);
}

}  // namespace aipol::replay::logs
