// Spans of OpenTelemetry in OTLP's JSON, by the conventions for generative AI: those of 1.37 and
// later (gen_ai.input.messages), those before (gen_ai.usage.prompt_tokens), and texts as
// OpenLLMetry numbers them (gen_ai.prompt.0.content). A call of a model is a record; spans of
// anything else, agents and chains around such calls among them, are passed over.
// opentelemetry.io/docs/specs/otlp, opentelemetry.io/docs/specs/semconv/gen-ai
#include <fmt/format.h>

#include "replay/logs/chat.h"
#include "replay/logs/log_format.h"

namespace aipol::replay::logs {

namespace {

constexpr size_t most_numbered = 10'000;  // messages of a span

// AnyValue as plain JSON. Integers come as texts.
json plain(const json& any, size_t depth = 0) {
  if (depth > deepest) return nullptr;
  if (const json* text = member(any, "stringValue")) return *text;
  if (const json* flag = member(any, "boolValue")) return *flag;
  if (const json* real = member(any, "doubleValue")) return *real;
  if (const json* integer = member(any, "intValue")) {
    auto number = integer_of(integer);
    return number ? json(*number) : json(nullptr);
  }
  if (const json* values = member(any, {"arrayValue", "values"}); values && values->is_array()) {
    json list = json::array();
    for (const json& value : *values) list.push_back(plain(value, depth + 1));
    return list;
  }
  if (const json* pairs = member(any, {"kvlistValue", "values"}); pairs && pairs->is_array()) {
    json object = json::object();
    for (const json& pair : *pairs)
      if (auto key = text_of(member(pair, "key")))
        object[std::string(*key)] =
            member(pair, "value") == nullptr ? json() : plain(*member(pair, "value"), depth + 1);
    return object;
  }
  return nullptr;
}

json attributes_of(const json& owner) {
  return plain({{"kvlistValue", {{"values", owner.value("attributes", json::array())}}}});
}

const json* first_of(const json& attributes, std::initializer_list<std::string_view> names) {
  for (std::string_view name : names)
    if (const json* found = member(attributes, name)) return found;
  return nullptr;
}

// Empty: no call of a model.
std::optional<std::string_view> operation_of(const json& attributes) {
  if (text_of(member(attributes, "mcp.method.name")) == "tools/call") return "tool";
  auto name = text_of(member(attributes, "gen_ai.operation.name"));
  constexpr std::pair<std::string_view, std::string_view> names[] = {
      {"chat", "chat"},
      {"generate_content", "chat"},
      {"text_completion", "completion"},
      {"embeddings", "embedding"}};
  for (auto [from, to] : names)
    if (name == from) return to;
  if (name || member(attributes, "gen_ai.request.model") == nullptr) return std::nullopt;
  auto type = text_of(member(attributes, "llm.request.type"));
  return type == "chat" ? "chat" : type == "embedding" ? "embedding" : "";
}

// Messages of parts: {"role", "parts": [{"type": "text", "content"}]}.
json messages_of(const json& list) {
  json messages = json::array();
  if (!list.is_array()) return messages;
  for (const json& message : list) {
    auto role = text_of(member(message, "role"));
    if (!role) continue;
    const json* content = first_of(message, {"parts", "content"});
    std::string text = content == nullptr ? "" : text_of_content(*content);
    if (*role == "tool" && content != nullptr && content->is_array())
      for (const json& part : *content)
        if (const json* result = first_of(part, {"response", "result"}))
          text += result->is_string()
                      ? result->get<std::string>()
                      : result->dump(-1, ' ', false, json::error_handler_t::replace);
    messages.push_back({{"role", *role == "developer" ? "system" : *role}, {"text", text}});
  }
  return messages;
}

// gen_ai.prompt.0.role, gen_ai.prompt.0.content, …
json numbered_messages(const json& attributes, std::string_view prefix) {
  json messages = json::array();
  for (size_t i = 0; i < most_numbered; ++i) {
    const json* content = member(attributes, fmt::format("{}.{}.content", prefix, i));
    auto role = text_of(member(attributes, fmt::format("{}.{}.role", prefix, i)));
    if (content == nullptr && !role) break;
    std::optional<json> read = unwrapped(content);
    std::string text = read && read->is_array()                     ? text_of_content(*read)
                       : content != nullptr && content->is_string() ? content->get<std::string>()
                                                                    : "";
    messages.push_back({{"role", role.value_or("user")}, {"text", text}});
  }
  return messages;
}

void read_input(const json& attributes, Record& out) {
  json messages = json::array();
  if (auto list = unwrapped(member(attributes, "gen_ai.input.messages")))
    messages = messages_of(*list);
  if (messages.empty()) messages = numbered_messages(attributes, "gen_ai.prompt");
  if (messages.empty()) return;
  if (auto system = unwrapped(member(attributes, "gen_ai.system_instructions"))) {
    std::string text = text_of_content(*system);
    if (!text.empty()) messages.insert(messages.begin(), json{{"role", "system"}, {"text", text}});
  }
  out.set("ai.messages", std::move(messages));
}

void read_output(const json& attributes, Record& out) {
  json messages = json::array();
  if (auto list = unwrapped(member(attributes, "gen_ai.output.messages")))
    messages = messages_of(*list);
  if (messages.empty()) messages = numbered_messages(attributes, "gen_ai.completion");
  if (!messages.empty()) out.set("response.text", messages.front()["text"]);
  const json* reasons = member(attributes, "gen_ai.response.finish_reasons");
  if (reasons != nullptr && reasons->is_array() && !reasons->empty()) reasons = &reasons->front();
  if (auto reason = text_of(reasons)) out.set("response.finish_reason", finish_reason_of(*reason));
  out.set("response.model_version", text_of(member(attributes, "gen_ai.response.model")));
  auto status = integer_of(first_of(attributes, {"http.response.status_code", "http.status_code"}));
  if (!status) status = integer_of(member(attributes, "error.type"));
  if (status && *status >= 100 && *status < 600) out.set("response.status", *status);
}

void read_tools(const json& attributes, Record& out) {
  auto definitions = unwrapped(member(attributes, "gen_ai.tool.definitions"));
  if (!definitions || !definitions->is_array()) return;
  json names = json::array();
  for (const json& tool : *definitions) {
    auto name = text_of(member(tool, "name"));
    if (!name) name = text_of(member(tool, {"function", "name"}));
    if (name) names.push_back(*name);
  }
  out.set("ai.tools", std::move(names));
}

void read_use(const json& attributes, Record& out) {
  auto input =
      integer_of(first_of(attributes, {"gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"}));
  out.set("ai.input_tokens", input);
  out.set("usage.input_tokens", input);
  out.set("usage.output_tokens",
          integer_of(first_of(attributes,
                              {"gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens"})));
  out.set("usage.cached_tokens",
          integer_of(first_of(attributes, {"gen_ai.usage.cache_read.input_tokens",
                                           "gen_ai.usage.cache_read_input_tokens"})));
  out.set("usage.reasoning_tokens",
          integer_of(member(attributes, "gen_ai.usage.reasoning.output_tokens")));
}

void read_request(const json& attributes, std::string_view operation, Record& out) {
  if (!operation.empty()) out.set("ai.operation", operation);
  if (operation == "tool") {
    out.set("ai.tool.name", text_of(member(attributes, "gen_ai.tool.name")));
    out.set("session.id", text_of(member(attributes, "mcp.session.id")));
  }
  out.set("model.name", text_of(member(attributes, "gen_ai.request.model")));
  out.set("ai.max_tokens", integer_of(member(attributes, "gen_ai.request.max_tokens")));
  out.set("ai.temperature", number_of(member(attributes, "gen_ai.request.temperature")));
  out.set("ai.stream",
          boolean_of(first_of(attributes, {"gen_ai.request.stream", "llm.is_streaming"})));
  out.set("session.id", text_of(member(attributes, "gen_ai.conversation.id")));
  out.set("principal.id", text_of(first_of(attributes, {"user.id", "enduser.id"})));
}

// Nanoseconds since the epoch, as texts or numbers.
std::optional<int64_t> nanoseconds_of(const json& span, std::string_view name) {
  auto time = integer_of(member(span, name));
  return time && *time > 0 ? time : std::nullopt;
}

void translate_span(const json& span, Records& out) {
  if (!span.is_object()) return out.unreadable("holds a span that is no object");
  json attributes = attributes_of(span);
  std::optional<std::string_view> operation = operation_of(attributes);
  if (!operation) return out.pass_over();
  auto begin = nanoseconds_of(span, "startTimeUnixNano"),
       end = nanoseconds_of(span, "endTimeUnixNano");
  if (!begin) return out.unreadable("startTimeUnixNano: must be nanoseconds since the epoch");
  Record record;
  record.set_time(*begin);
  record.set("request.id", text_of(member(span, "spanId")));
  read_request(attributes, *operation, record);
  read_input(attributes, record);
  read_tools(attributes, record);
  read_output(attributes, record);
  read_use(attributes, record);
  if (end && *end >= *begin) record.set_latency(static_cast<double>(*end - *begin) / 1e6);
  json origin = span;
  origin["attributes"] = std::move(attributes);
  out.add(std::move(record), origin);
}

void translate_resource(const json& resource, Records& out) {
  const json* scopes = first_of(resource, {"scopeSpans", "instrumentationLibrarySpans"});
  if (scopes == nullptr || !scopes->is_array()) return out.unreadable("has no `scopeSpans`");
  for (const json& scope : *scopes) {
    const json* spans = member(scope, "spans");
    if (spans == nullptr || !spans->is_array()) continue;
    for (const json& span : *spans) translate_span(span, out);
  }
}

}  // namespace

bool is_otlp(const json& document) {
  return first_of(document, {"resourceSpans", "scopeSpans", "instrumentationLibrarySpans"}) !=
         nullptr;
}

void translate_otlp(const json& document, Records& out) {
  const json* resources = member(document, "resourceSpans");
  if (resources == nullptr) return translate_resource(document, out);
  if (!resources->is_array()) return out.unreadable("resourceSpans: must be an array");
  for (const json& resource : *resources) translate_resource(resource, out);
}

}  // namespace aipol::replay::logs
