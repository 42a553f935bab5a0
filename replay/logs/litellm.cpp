// LiteLLM's standard logging payload, as its callbacks and buckets hold it: one object a call.
// docs.litellm.ai/docs/proxy/logging_spec
#include <algorithm>

#include "replay/logs/chat.h"
#include "replay/logs/log_format.h"

namespace aipol::replay::logs {

namespace {

// Some sinks put the payload into an object of the callback's arguments.
const json& payload_of(const json& document) {
  const json* inner = member(document, "standard_logging_object");
  return inner == nullptr ? document : *inner;
}

std::string_view operation_of(std::string_view call) {
  constexpr std::pair<std::string_view, std::string_view> names[] = {
      {"completion", "chat"},
      {"anthropic_messages", "chat"},
      {"text_completion", "completion"},
      {"embedding", "embedding"},
      {"image_generation", "image"},
      {"moderation", "moderation"},
      {"transcription", "audio"},
      {"speech", "audio"},
      {"rerank", "rerank"},
      {"responses", "responses"},
      {"call_mcp_tool", "tool"}};
  auto look = [&](std::string_view name) {
    for (auto [from, to] : names)
      if (from == name) return to;
    return std::string_view();
  };
  std::string_view found = look(call);
  return found.empty() && call.starts_with('a') ? look(call.substr(1)) : found;
}

// Texts that LiteLLM put in for what it does not log.
bool is_held_back(const json& messages) {
  auto marked = [](const json& one) {
    const json* content = one.is_string() ? &one : member(one, "content");
    std::string text = content == nullptr ? "" : text_of_content(*content);
    return text == "redacted-by-litellm" || text.find("litellm_truncated") != text.npos;
  };
  if (!messages.is_array()) return marked(messages);
  return std::ranges::any_of(messages, marked);
}

void read_principal(const json& metadata, Record& out) {
  auto user = text_of(member(metadata, "user_api_key_user_id"));
  auto key = text_of(member(metadata, "user_api_key_hash"));
  if (!user && !key) return;
  out.set("principal.method", "api_key");
  out.set("principal.kind", user ? "user" : "app");
  auto alias = text_of(member(metadata, "user_api_key_alias"));
  out.set("principal.id", user ? user : alias);
  out.set("principal.name", alias);
  out.set("principal.tenant", text_of(member(metadata, "user_api_key_org_id")));
  auto team_id = text_of(member(metadata, "user_api_key_team_id"));
  auto team = text_of(member(metadata, "user_api_key_team_alias"));
  out.set("principal.team", team ? team : team_id);
  out.set("principal.team_id", team_id);
  out.set("principal.email", text_of(member(metadata, "user_api_key_user_email")));
}

void read_request(const json& payload, Record& out) {
  out.set("request.id", text_of(member(payload, "id")));
  const json* metadata = member(payload, "metadata");
  auto ip = text_of(member(payload, "requester_ip_address"));
  if (metadata != nullptr) {
    read_principal(*metadata, out);
    auto route = text_of(member(*metadata, "user_api_key_request_route"));
    if (route) out.set_url(*route);
    if (!ip) ip = text_of(member(*metadata, "requester_ip_address"));
    out.set("request.user_agent", text_of(member(*metadata, "user_agent")));
  }
  out.set_ip(ip);
  out.set("principal.end_user", text_of(member(payload, "end_user")));
}

void read_ai(const json& payload, Record& out) {
  std::string_view operation = operation_of(text_of(member(payload, "call_type")).value_or(""));
  if (!operation.empty()) out.set("ai.operation", operation);
  if (out.has("request.path") && !operation.empty()) out.set("request.method", "post");
  auto group = text_of(member(payload, "model_group"));
  out.set("model.name", group ? group : text_of(member(payload, "model")));

  const json* messages = member(payload, "messages");
  if (messages != nullptr && !is_held_back(*messages)) {
    if (messages->is_string())
      out.set("ai.messages", json::array({{{"role", "user"}, {"text", *messages}}}));
    else
      (void)read_messages(*messages, out);
  }
  const json* parameters = member(payload, "model_parameters");
  if (parameters != nullptr) {
    out.set("ai.max_tokens", integer_of(member(*parameters, "max_tokens")));
    if (!out.has("ai.max_tokens"))
      out.set("ai.max_tokens", integer_of(member(*parameters, "max_completion_tokens")));
    out.set("ai.temperature", number_of(member(*parameters, "temperature")));
    out.set("ai.stream", boolean_of(member(*parameters, "stream")));
    if (const json* tools = member(*parameters, "tools"); tools != nullptr && tools->is_array()) {
      json names = json::array();
      for (const json& tool : *tools)
        if (auto name = text_of(member(tool, {"function", "name"}))) names.push_back(*name);
      out.set("ai.tools", std::move(names));
    }
  }
  out.set("ai.stream", boolean_of(member(payload, "stream")));
}

// Texts that were held back are taken out of the answer.
void read_answer(const json& payload, Record& out) {
  std::optional<json> answer = unwrapped(member(payload, "response"));
  if (!answer || !answer->is_object()) return;
  const json* choices = member(*answer, "choices");
  if (choices != nullptr && choices->is_array() && !choices->empty()) {
    const json* message = member(choices->front(), "message");
    if (message != nullptr && is_held_back(*message)) answer->erase("choices");
  }
  answer->erase("usage");
  read_answer_body(*answer, out);
}

void read_outcome(const json& payload, Record& out) {
  bool succeeded = text_of(member(payload, "status")) == "success";
  if (succeeded) {
    out.set("response.status", 200);
    read_answer(payload, out);
    read_usage(member(payload, {"metadata", "usage_object"}), out);
    out.set("usage.input_tokens", integer_of(member(payload, "prompt_tokens")));
    out.set("usage.output_tokens", integer_of(member(payload, "completion_tokens")));
    out.set("usage.cost", number_of(member(payload, "response_cost")));
    out.set("usage.cached", boolean_of(member(payload, "cache_hit")));
    auto input = integer_of(member(payload, "prompt_tokens"));
    if (input && *input > 0) out.set("ai.input_tokens", *input);
  } else if (text_of(member(payload, {"error_information", "llm_provider"}))) {
    // Errors without a provider are the proxy's own: no model answered.
    auto code = integer_of(member(payload, {"error_information", "error_code"}));
    if (code && *code >= 100 && *code < 600) out.set("response.status", *code);
  }
  auto begin = number_of(member(payload, "startTime")), end = number_of(member(payload, "endTime"));
  if (begin && end && out.has("response.status")) out.set_latency((*end - *begin) * 1000);
}

}  // namespace

bool is_litellm(const json& document) {
  const json& payload = payload_of(document);
  return text_of(member(payload, "call_type")) && member(payload, "startTime") != nullptr &&
         (member(payload, "status") != nullptr || member(payload, "model_group") != nullptr);
}

void translate_litellm(const json& document, Records& out) {
  const json& payload = payload_of(document);
  if (!is_litellm(document))
    return out.unreadable("is no LiteLLM payload: it has no `call_type` and `startTime`");
  Record record;
  if (!record.set_time(member(payload, "startTime")))
    return out.unreadable("startTime: must be seconds since the epoch, or RFC 3339");
  read_request(payload, record);
  read_ai(payload, record);
  read_outcome(payload, record);
  out.add(std::move(record), payload);
}

}  // namespace aipol::replay::logs
