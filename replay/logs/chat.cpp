#include "replay/logs/chat.h"

#include <algorithm>

namespace aipol::replay::logs {

namespace {

constexpr size_t most_messages = 100'000;

std::string role_of(std::string_view role) {
  if (role == "developer") return "system";
  return role == "function" ? "tool" : std::string(role);
}

bool has_part(const json& content, std::string_view word) {
  if (!content.is_array()) return false;
  return std::ranges::any_of(content, [&](const json& part) {
    auto type = text_of(member(part, "type"));
    return type && type->find(word) != type->npos;
  });
}

std::optional<json> messages_of(const json& list) {
  if (!list.is_array() || list.empty() || list.size() > most_messages) return std::nullopt;
  json messages = json::array();
  for (const json& message : list) {
    auto role = text_of(member(message, "role"));
    if (!role) return std::nullopt;
    const json* content = member(message, "content");
    messages.push_back(
        {{"role", role_of(*role)}, {"text", content == nullptr ? "" : text_of_content(*content)}});
  }
  return messages;
}

// The instructions that some APIs take beside the messages.
const json* instructions_of(const json& body) {
  const json* system = member(body, "system");
  return system != nullptr ? system : member(body, "instructions");
}

// A text, or a list of texts, a line each.
std::optional<std::string> prompt_of(const json* value) {
  if (auto text = text_of(value)) return std::string(*text);
  if (value == nullptr || !value->is_array() || value->empty()) return std::nullopt;
  std::string all;
  for (const json& item : *value) {
    if (!item.is_string()) return std::nullopt;
    all.append(all.empty() ? "" : "\n").append(item.get_ref<const std::string&>());
  }
  return all;
}

void read_texts(const json& body, Record& out) {
  const json* list = member(body, "messages");
  if (list == nullptr) list = member(body, "input");
  std::optional<json> messages = list == nullptr ? std::nullopt : messages_of(*list);
  std::optional<std::string> prompt = prompt_of(member(body, "prompt"));
  if (!prompt) prompt = prompt_of(member(body, "input"));
  if (!messages && prompt) messages = json::array({{{"role", "user"}, {"text", *prompt}}});
  if (!messages) return;
  if (const json* system = instructions_of(body)) {
    std::string text = text_of_content(*system);
    if (!text.empty())
      messages->insert(messages->begin(), json{{"role", "system"}, {"text", text}});
  }
  auto any = [&](std::string_view word) {
    return list != nullptr && list->is_array() && std::ranges::any_of(*list, [&](const json& one) {
             const json* content = member(one, "content");
             return content != nullptr && has_part(*content, word);
           });
  };
  out.set("ai.messages", std::move(*messages));
  out.set("ai.has_images", any("image"));
  out.set("ai.has_audio", any("audio"));
}

void read_tools(const json& body, Record& out) {
  json names = json::array();
  if (const json* tools = member(body, "tools"); tools != nullptr && tools->is_array()) {
    for (const json& tool : *tools) {
      auto name = text_of(member(tool, {"function", "name"}));
      if (!name) name = text_of(member(tool, "name"));
      if (name) names.push_back(*name);
    }
  }
  out.set("ai.tools", std::move(names));
}

json tool_calls_of(const json& calls) {
  json all = json::array();
  if (!calls.is_array()) return all;
  for (const json& call : calls) {
    const json* function = member(call, "function");
    const json& at = function == nullptr ? call : *function;
    auto name = text_of(member(at, "name"));
    if (!name) continue;
    const json* arguments = member(at, function == nullptr ? "input" : "arguments");
    if (arguments == nullptr) arguments = member(at, "arguments");
    std::string text = arguments == nullptr ? ""
                       : arguments->is_string()
                           ? arguments->get<std::string>()
                           : arguments->dump(-1, ' ', false, json::error_handler_t::replace);
    all.push_back({{"name", *name}, {"arguments", text}});
  }
  return all;
}

void set_finish(std::optional<std::string_view> reason, Record& out) {
  if (reason) out.set("response.finish_reason", finish_reason_of(*reason));
}

void set_tool_calls(const json& calls, Record& out) {
  if (!calls.empty()) out.set("response.tool_calls", calls);
}

void read_choice(const json& choice, Record& out) {
  set_finish(text_of(member(choice, "finish_reason")), out);
  if (auto text = text_of(member(choice, "text"))) out.set("response.text", *text);
  const json* message = member(choice, "message");
  if (message == nullptr) return;
  if (const json* content = member(*message, "content"))
    out.set("response.text", text_of_content(*content));
  if (const json* calls = member(*message, "tool_calls"))
    set_tool_calls(tool_calls_of(*calls), out);
}

// Anthropic: blocks of text and of tool use.
void read_blocks(const json& body, const json& content, Record& out) {
  set_finish(text_of(member(body, "stop_reason")), out);
  out.set("response.text", text_of_content(content));
  json uses = json::array();
  for (const json& block : content)
    if (text_of(member(block, "type")) == "tool_use") uses.push_back(block);
  set_tool_calls(tool_calls_of(uses), out);
}

// OpenAI responses: items of output, messages among them.
void read_output(const json& output, Record& out) {
  std::string text;
  for (const json& item : output)
    if (const json* content = member(item, "content")) text += text_of_content(*content);
  out.set("response.text", text);
}

std::optional<int64_t> first_of(
    const json& usage, std::initializer_list<std::initializer_list<std::string_view>> paths) {
  for (const auto& path : paths)
    if (auto number = integer_of(member(usage, path)); number && *number >= 0) return number;
  return std::nullopt;
}

}  // namespace

std::string text_of_content(const json& content) {
  if (content.is_string()) return content.get<std::string>();
  std::string all;
  if (!content.is_array()) return all;
  for (const json& part : content) {
    const json* text = part.is_string() ? &part : member(part, "text");
    if (text == nullptr) text = member(part, "content");
    if (text == nullptr || !text->is_string()) continue;
    all.append(all.empty() ? "" : "\n").append(text->get_ref<const std::string&>());
  }
  return all;
}

bool read_messages(const json& messages, Record& out) {
  std::optional<json> read = messages_of(messages);
  if (read) out.set("ai.messages", std::move(*read));
  return read.has_value();
}

void read_request_body(const json& body, Record& out) {
  if (!body.is_object()) return;
  out.set("model.name", text_of(member(body, "model")));
  read_texts(body, out);
  read_tools(body, out);
  out.set("ai.stream", boolean_of(member(body, "stream")).value_or(false));
  out.set("ai.max_tokens",
          first_of(body, {{"max_completion_tokens"}, {"max_output_tokens"}, {"max_tokens"}}));
  out.set("ai.temperature", number_of(member(body, "temperature")));
}

void read_usage(const json* usage, Record& out) {
  if (usage == nullptr || !usage->is_object()) return;
  auto input = first_of(*usage, {{"prompt_tokens"}, {"input_tokens"}});
  auto cached = first_of(*usage, {{"prompt_tokens_details", "cached_tokens"},
                                  {"input_tokens_details", "cached_tokens"}});
  // Anthropic counts what it reads from and writes to its cache beside the input.
  auto read = first_of(*usage, {{"cache_read_input_tokens"}});
  if (input && read && member(*usage, "prompt_tokens") == nullptr) {
    *input += *read + first_of(*usage, {{"cache_creation_input_tokens"}}).value_or(0);
    cached = read;
  }
  out.set("usage.input_tokens", input);
  out.set("usage.output_tokens", first_of(*usage, {{"completion_tokens"}, {"output_tokens"}}));
  out.set("usage.cached_tokens", cached);
  out.set("usage.reasoning_tokens",
          first_of(*usage, {{"completion_tokens_details", "reasoning_tokens"},
                            {"output_tokens_details", "reasoning_tokens"}}));
}

void read_answer_body(const json& body, Record& out) {
  if (!body.is_object()) return;
  out.set("response.model_version", text_of(member(body, "model")));
  const json* choices = member(body, "choices");
  const json* content = member(body, "content");
  const json* output = member(body, "output");
  if (choices != nullptr && choices->is_array() && !choices->empty())
    read_choice(choices->front(), out);
  else if (content != nullptr && content->is_array())
    read_blocks(body, *content, out);
  else if (output != nullptr && output->is_array())
    read_output(*output, out);
  read_usage(member(body, "usage"), out);
}

void read_event_stream(std::string_view events, Record& out) {
  json chunks = json::array();
  while (!events.empty()) {
    size_t end = std::min(events.find('\n'), events.size());
    std::string_view line = events.substr(0, end);
    events.remove_prefix(std::min(end + 1, events.size()));
    if (!line.starts_with("data:")) continue;
    Result<json> event = parse_document(line.substr(5));
    if (!event || !event->is_object()) continue;
    const json* message = member(*event, "message");  // of Anthropic's first event
    const json& at = message == nullptr ? *event : *message;
    out.set("response.model_version", text_of(member(at, "model")));
    read_usage(member(at, "usage"), out);
    set_finish(text_of(member(*event, {"delta", "stop_reason"})), out);
    auto text = text_of(member(*event, {"delta", "text"}));
    const json* choices = member(*event, "choices");
    if (choices != nullptr && choices->is_array() && !choices->empty()) {
      set_finish(text_of(member(choices->front(), "finish_reason")), out);
      text = text_of(member(choices->front(), {"delta", "content"}));
      if (!text) text = text_of(member(choices->front(), "text"));
    }
    if (text) chunks.push_back(*text);
  }
  if (!chunks.empty()) out.set("response.chunks", std::move(chunks));
}

std::string finish_reason_of(std::string_view reason) {
  constexpr std::pair<std::string_view, std::string_view> names[] = {
      {"end_turn", "stop"},
      {"stop_sequence", "stop"},
      {"STOP", "stop"},
      {"max_tokens", "length"},
      {"MAX_TOKENS", "length"},
      {"tool_use", "tool_calls"},
      {"function_call", "tool_calls"},
      {"tool_call", "tool_calls"},
      {"SAFETY", "content_filter"},
      {"refusal", "content_filter"}};
  for (auto [from, to] : names)
    if (from == reason) return std::string(to);
  return std::string(reason);
}

std::string_view operation_at(std::string_view path) {
  constexpr std::pair<std::string_view, std::string_view> ends[] = {
      {"/chat/completions", "chat"},  {"/messages", "chat"},
      {"/completions", "completion"}, {"/responses", "responses"},
      {"/embeddings", "embedding"},   {"/moderations", "moderation"},
      {"/rerank", "rerank"},          {"/images/generations", "image"},
      {"/audio/speech", "audio"},     {"/audio/transcriptions", "audio"}};
  path = path.substr(0, path.find_first_of("?#"));
  for (auto [end, operation] : ends)
    if (path.ends_with(end)) return operation;
  return {};
}

}  // namespace aipol::replay::logs
