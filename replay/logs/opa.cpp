// Decision logs of the Open Policy Agent: batches as it uploads them, or an event a line as it
// prints them. What `input` means is up to each policy; two shapes are known: that of Envoy's
// external authorization (input.attributes.request.http), and plain `method`, `path`, `user`. Parts
// by the contract's names are taken over. For any other there is --mapping, whose pointers begin at
// the event. openpolicyagent.org/docs/management-decision-logs
#include <algorithm>

#include "base/text.h"
#include "replay/logs/chat.h"
#include "replay/logs/credentials.h"
#include "replay/logs/log_format.h"

namespace aipol::replay::logs {

namespace {

void read_headers(const json* headers, Record& out) {
  if (headers == nullptr || !headers->is_object()) return;
  for (const auto& [name, value] : headers->items()) {
    std::string lower = lower_ascii(name);
    if (!bears_credential(lower) && !lower.starts_with(':') && value.is_string())
      out.set("request.headers." + lower, value);
  }
}

void read_http(const json& http, Record& out) {
  out.set("request.id", text_of(member(http, "id")));
  if (auto method = text_of(member(http, "method")))
    out.set("request.method", lower_ascii(*method));
  if (auto path = text_of(member(http, "path"))) out.set_url(*path);
  if (auto host = text_of(member(http, "host")))
    out.set("request.host", lower_ascii(host_alone(*host)));
  read_headers(member(http, "headers"), out);
  if (const json* body = member(http, "body"); body != nullptr && body->is_string())
    out.set("request.body_text", *body);
}

// "/a/b" of "/a/b" or ["a", "b"].
std::optional<std::string> path_of(const json* path) {
  if (auto text = text_of(path))
    return std::string(text->starts_with('/') ? "" : "/") + std::string(*text);
  if (path == nullptr || !path->is_array()) return std::nullopt;
  std::string all;
  for (const json& part : *path) {
    if (!part.is_string()) return std::nullopt;
    all.append("/").append(part.get_ref<const std::string&>());
  }
  return all;
}

void read_plain(const json& input, Record& out) {
  if (auto method = text_of(member(input, "method")))
    out.set("request.method", lower_ascii(*method));
  out.set("request.path", path_of(member(input, "path")));
  out.set("principal.id", text_of(member(input, "user")));
  const json* roles = member(input, "roles");
  if (roles != nullptr && roles->is_array() &&
      std::ranges::all_of(*roles, [](const json& role) { return role.is_string(); }))
    out.set("principal.roles", *roles);
}

bool read_contract(const json& input, Record& out) {
  bool any = false;
  for (std::string_view part : {"request", "principal", "session", "ai", "model", "usage"}) {
    const json* fields = member(input, part);
    if (fields == nullptr || !fields->is_object()) continue;
    for (const auto& [name, value] : fields->items())
      out.set(std::string(part) + "." + name, value), any = true;
  }
  return any;
}

}  // namespace

bool is_opa(const json& document) {
  return text_of(member(document, "decision_id")) && member(document, "timestamp") != nullptr;
}

void translate_opa(const json& event, Records& out) {
  // OPA's own messages stand in the same stream.
  if (!is_opa(event) && event.is_object() && member(event, "msg") != nullptr)
    return out.pass_over();
  if (!is_opa(event)) return out.unreadable("is no decision: it has no `decision_id`");
  Record record;
  if (!record.set_time(member(event, "timestamp")))
    return out.unreadable("timestamp: must be RFC 3339");
  const json* input = member(event, "input");
  if (input != nullptr && input->is_object()) {
    const json* http = member(*input, {"attributes", "request", "http"});
    if (http != nullptr)
      read_http(*http, record);
    else if (!read_contract(*input, record))
      read_plain(*input, record);
    record.set_ip(
        text_of(member(*input, {"attributes", "source", "address", "socketAddress", "address"})));
  }
  if (!record.has("request.id")) record.set("request.id", text_of(member(event, "decision_id")));
  out.add(std::move(record), event);
}

}  // namespace aipol::replay::logs
