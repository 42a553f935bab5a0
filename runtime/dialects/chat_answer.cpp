#include "runtime/dialects/chat_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "runtime/dialects/json_body.h"
#include "runtime/dialects/json_strings.h"
#include "runtime/dialects/json_text.h"

namespace aipol::dialects {

namespace {

using Json = nlohmann::ordered_json;

constexpr size_t deepest_answer = 64;

std::optional<Json> parse(std::string_view text) {
  if (is_nested_deeper(text, deepest_answer)) return std::nullopt;
  Json document = Json::parse(text, nullptr, false);
  if (!document.is_object()) return std::nullopt;
  return document;
}

std::string written(const Json& document) {
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// The member where it is of the type, or null.
const Json* member(const Json& object, const char* name, Json::value_t type) {
  if (!object.is_object()) return nullptr;
  auto found = object.find(name);
  return found != object.end() && found->type() == type ? &*found : nullptr;
}
Json* member(Json& object, const char* name, Json::value_t type) {
  return const_cast<Json*>(member(std::as_const(object), name, type));
}
std::string text_in(const Json& object, const char* name) {
  const Json* text = member(object, name, Json::value_t::string);
  return text == nullptr ? std::string() : text->get<std::string>();
}

// --- usage ---

int64_t count_in(const dom::element& object, std::string_view name) {
  int64_t count = 0;
  if (object[name].get_int64().get(count) != simdjson::SUCCESS) return 0;
  return std::clamp<int64_t>(count, 0, int64_t{1} << 40);
}

std::optional<context::Usage> usage_in(const dom::element& root) {
  dom::element usage;
  if (root["usage"].get(usage) != simdjson::SUCCESS || !usage.is_object()) return std::nullopt;
  context::Usage out;
  out.input_tokens = count_in(usage, "prompt_tokens");
  out.output_tokens = count_in(usage, "completion_tokens");
  dom::element details;
  if (usage["prompt_tokens_details"].get(details) == simdjson::SUCCESS)
    out.cached_tokens = std::min(count_in(details, "cached_tokens"), out.input_tokens);
  if (usage["completion_tokens_details"].get(details) == simdjson::SUCCESS)
    out.reasoning_tokens = std::min(count_in(details, "reasoning_tokens"), out.output_tokens);
  return out;
}

std::optional<context::Usage> usage_in(const Json& root) {
  const Json* usage = member(root, "usage", Json::value_t::object);
  if (usage == nullptr) return std::nullopt;
  auto count = [](const Json& object, const char* name) {
    if (!object.is_object()) return int64_t{0};
    auto found = object.find(name);
    if (found == object.end() || !found->is_number_integer()) return int64_t{0};
    return std::clamp<int64_t>(found->get<int64_t>(), 0, int64_t{1} << 40);
  };
  auto detail = [&](const char* of, const char* name) {
    auto found = usage->find(of);
    return found == usage->end() ? int64_t{0} : count(*found, name);
  };
  context::Usage out;
  out.input_tokens = count(*usage, "prompt_tokens");
  out.output_tokens = count(*usage, "completion_tokens");
  out.cached_tokens = std::min(detail("prompt_tokens_details", "cached_tokens"), out.input_tokens);
  out.reasoning_tokens =
      std::min(detail("completion_tokens_details", "reasoning_tokens"), out.output_tokens);
  return out;
}

// --- calls of tools ---

// Where a call has its arguments, by its kind; the older form is its own.
Json* arguments_of(Json& call) {
  if (Json* own = member(call, "arguments", Json::value_t::string)) return own;
  if (Json* function = member(call, "function", Json::value_t::object))
    return member(*function, "arguments", Json::value_t::string);
  if (Json* custom = member(call, "custom", Json::value_t::object))
    return member(*custom, "input", Json::value_t::string);
  return nullptr;
}

std::string name_of(const Json& call) {
  for (const char* kind : {"function", "custom"}) {
    if (const Json* of = member(call, kind, Json::value_t::object)) return text_in(*of, "name");
  }
  return text_in(call, "name");
}

// Where a message has texts that policies read.
std::vector<Json*> texts_of(Json& message) {
  std::vector<Json*> texts;
  for (const char* part : {"content", "refusal"}) {
    if (Json* text = member(message, part, Json::value_t::string)) texts.push_back(text);
  }
  if (Json* parts = member(message, "content", Json::value_t::array)) {
    for (Json& part : *parts) {
      if (Json* text = member(part, "text", Json::value_t::string)) texts.push_back(text);
    }
  }
  if (Json* audio = member(message, "audio", Json::value_t::object)) {
    if (Json* text = member(*audio, "transcript", Json::value_t::string)) texts.push_back(text);
  }
  return texts;
}

// The rest, such as reasoning, is redacted like the text, but is not a part of it.
constexpr std::string_view known_of_messages[] = {"content", "refusal", "audio", "tool_calls",
                                                  "function_call"};

// The list of calls with what the response has of them, in order; `next` is the first that was not
// met yet. Names may come twice: what was removed is told by order.
void keep_calls(Json::array_t& calls, const context::Response& response, size_t& next) {
  std::erase_if(calls, [&](Json& call) {
    if (next >= response.tool_calls.size() || response.tool_calls[next].name != name_of(call))
      return true;
    const context::ToolCall& kept = response.tool_calls[next++];
    if (Json* arguments = arguments_of(call)) *arguments = kept.arguments;
    return false;
  });
}

}  // namespace

std::optional<context::Usage> read_usage(BodyReader& reader, Body body, bool* alone) {
  dom::element root;
  auto parsed = reader.parser().dom.parse(body.text.data(), body.text.size(), !body.padded);
  if (parsed.get(root) != simdjson::SUCCESS || !root.is_object()) return std::nullopt;
  dom::array choices;
  if (alone != nullptr)
    *alone = root["choices"].get(choices) != simdjson::SUCCESS || choices.size() == 0;
  return usage_in(root);
}

// --- whole answers ---

struct ChatAnswer::Document {
  Json json;
  Json::array_t* choices = nullptr;  // of the document; null: it has none
};

ChatAnswer::ChatAnswer(std::unique_ptr<Document> document) : document_(std::move(document)) {}
ChatAnswer::~ChatAnswer() = default;
ChatAnswer::ChatAnswer(ChatAnswer&&) noexcept = default;
ChatAnswer& ChatAnswer::operator=(ChatAnswer&&) noexcept = default;

std::optional<ChatAnswer> ChatAnswer::read(std::string_view body) {
  std::optional<Json> json = parse(body);
  if (!json) return std::nullopt;
  auto document = std::make_unique<Document>(Document{std::move(*json), nullptr});
  if (Json* choices = member(document->json, "choices", Json::value_t::array)) {
    if (!std::ranges::all_of(*choices, [](const Json& choice) { return choice.is_object(); }))
      return std::nullopt;
    document->choices = &choices->get_ref<Json::array_t&>();
  }
  return ChatAnswer(std::move(document));
}

void ChatAnswer::tell(context::Response& response) const {
  response.model_version = text_in(document_->json, "model");
  if (document_->choices == nullptr) return;
  for (const Json& choice : *document_->choices) {
    if (response.finish_reason.empty()) response.finish_reason = text_in(choice, "finish_reason");
    const Json* message = member(choice, "message", Json::value_t::object);
    if (message == nullptr) continue;
    for (const Json* text : texts_of(const_cast<Json&>(*message))) {
      const auto& value = text->get_ref<const std::string&>();
      if (!response.text.empty() && !value.empty()) response.text += '\n';
      response.text += value;
    }
    auto add = [&](const Json& call) {
      Json* arguments = arguments_of(const_cast<Json&>(call));
      response.tool_calls.push_back(
          {name_of(call), arguments == nullptr ? "" : arguments->get<std::string>()});
    };
    if (const Json* calls = member(*message, "tool_calls", Json::value_t::array))
      std::ranges::for_each(*calls, add);
    if (const Json* call = member(*message, "function_call", Json::value_t::object)) add(*call);
  }
}

bool ChatAnswer::plain() const {
  if (document_->choices == nullptr || document_->choices->size() != 1) return false;
  const Json& choice = document_->choices->front();
  if (auto logprobs = choice.find("logprobs"); logprobs != choice.end() && !logprobs->is_null())
    return false;
  const Json* message = member(choice, "message", Json::value_t::object);
  if (message == nullptr) return false;
  return std::ranges::all_of(message->items(), [](const auto& item) {
    bool empty = item.value().is_null() || (item.value().is_array() && item.value().empty());
    return item.key() == "role" || item.key() == "content" || item.key() == "tool_calls" || empty;
  });
}

std::string ChatAnswer::with(const context::Response& response, const Rewrite& each) {
  if (document_->choices == nullptr) return written(document_->json);
  bool one = plain();
  size_t next = 0;
  for (Json& choice : *document_->choices) {
    if (!one) choice.erase("logprobs");  // they spell the text out
    Json* message = member(choice, "message", Json::value_t::object);
    if (message == nullptr) continue;
    for (Json* text : texts_of(*message))
      *text = one ? response.text : each(text->get_ref<const std::string&>());
    each_text(*message, known_of_messages, each);
    bool had_calls = message->contains("tool_calls") || message->contains("function_call");
    if (Json* calls = member(*message, "tool_calls", Json::value_t::array)) {
      keep_calls(calls->get_ref<Json::array_t&>(), response, next);
      if (calls->empty()) message->erase("tool_calls");
    }
    if (Json* call = member(*message, "function_call", Json::value_t::object)) {
      Json::array_t single = {*call};
      keep_calls(single, response, next);
      if (single.empty()) {
        message->erase("function_call");
      } else {
        *call = single[0];
      }
    }
    bool has_calls = message->contains("tool_calls") || message->contains("function_call");
    if (had_calls && !has_calls) choice["finish_reason"] = "stop";
  }
  return written(document_->json);
}

// --- answers made of responses ---

namespace {

Json calls_json(const std::vector<context::ToolCall>& calls, const std::vector<std::string>& ids,
                std::string_view id, bool indexed) {
  Json list = Json::array();
  for (size_t i = 0; i < calls.size(); ++i) {
    Json call;
    if (indexed) call["index"] = i;
    call["id"] = i < ids.size() && !ids[i].empty() ? ids[i] : fmt::format("call_{}_{}", id, i);
    call["type"] = "function";
    call["function"] = {{"name", calls[i].name}, {"arguments", calls[i].arguments}};
    list.push_back(std::move(call));
  }
  return list;
}

Json usage_json(const context::Usage& usage) {
  Json out = {{"prompt_tokens", usage.input_tokens},
              {"completion_tokens", usage.output_tokens},
              {"total_tokens", usage.input_tokens + usage.output_tokens}};
  if (usage.cached_tokens > 0)
    out["prompt_tokens_details"] = {{"cached_tokens", usage.cached_tokens}};
  if (usage.reasoning_tokens > 0)
    out["completion_tokens_details"] = {{"reasoning_tokens", usage.reasoning_tokens}};
  return out;
}

std::string reason_of(const context::Response& response) {
  if (!response.finish_reason.empty()) return response.finish_reason;
  return response.tool_calls.empty() ? "stop" : "tool_calls";
}

Json start_of(const WrittenAnswer& answer, const char* object) {
  return {{"id", fmt::format("chatcmpl-{}", answer.id)},
          {"object", object},
          {"created", answer.created},
          {"model", answer.response.model_version.empty() ? std::string(answer.model)
                                                          : answer.response.model_version}};
}

}  // namespace

std::string written_chat(const WrittenAnswer& answer) {
  const context::Response& response = answer.response;
  Json message = {{"role", "assistant"}, {"content", response.text}, {"refusal", nullptr}};
  if (!response.tool_calls.empty()) {
    message["tool_calls"] = calls_json(response.tool_calls, {}, answer.id, false);
    if (response.text.empty()) message["content"] = nullptr;
  }
  Json document = start_of(answer, "chat.completion");
  document["choices"] = Json::array({{{"index", 0},
                                      {"message", std::move(message)},
                                      {"logprobs", nullptr},
                                      {"finish_reason", reason_of(response)}}});
  document["usage"] = usage_json(answer.usage);
  return written(document);
}

std::string written_chat_events(const WrittenAnswer& answer, bool with_usage) {
  const context::Response& response = answer.response;
  std::string out;
  auto add = [&](Json delta, Json reason) {
    Json document = start_of(answer, "chat.completion.chunk");
    document["choices"] = Json::array(
        {{{"index", 0}, {"delta", std::move(delta)}, {"finish_reason", std::move(reason)}}});
    out += event_of(written(document));
  };
  add({{"role", "assistant"}, {"content", response.text}}, nullptr);
  if (!response.tool_calls.empty())
    add({{"tool_calls", calls_json(response.tool_calls, {}, answer.id, true)}}, nullptr);
  add(Json::object(), reason_of(response));
  if (with_usage) {
    Json document = start_of(answer, "chat.completion.chunk");
    document["choices"] = Json::array();
    document["usage"] = usage_json(answer.usage);
    out += event_of(written(document));
  }
  out += end_of_events;
  return out;
}

// --- events ---

struct ChatChunk::Document {
  Json json;
  const Json* delta() const {
    const Json* choices = member(json, "choices", Json::value_t::array);
    if (choices == nullptr || choices->empty()) return nullptr;
    return member(choices->front(), "delta", Json::value_t::object);
  }
  Json with_choice(Json delta, Json reason) const {
    Json out = json;
    out.erase("usage");
    out["choices"] = Json::array(
        {{{"index", 0}, {"delta", std::move(delta)}, {"finish_reason", std::move(reason)}}});
    return out;
  }
};

ChatChunk::ChatChunk(std::unique_ptr<Document> document) : document_(std::move(document)) {}
ChatChunk::~ChatChunk() = default;
ChatChunk::ChatChunk(ChatChunk&&) noexcept = default;
ChatChunk& ChatChunk::operator=(ChatChunk&&) noexcept = default;

std::optional<ChatChunk> ChatChunk::read(std::string_view data) {
  std::optional<Json> json = parse(data);
  if (!json) return std::nullopt;
  ChatChunk chunk(std::make_unique<Document>(Document{std::move(*json)}));
  const Json& document = chunk.document_->json;
  chunk.model = text_in(document, "model");
  chunk.usage = usage_in(document);
  const Json* choices = member(document, "choices", Json::value_t::array);
  if (choices == nullptr || choices->empty()) return chunk;
  chunk.has_choices = true;
  const Json& choice = choices->front();
  auto index = choice.is_object() ? choice.find("index") : choice.end();
  chunk.other_choice = choices->size() > 1 || (index != choice.end() && *index != 0);
  chunk.finish_reason = text_in(choice, "finish_reason");
  if (const Json* delta = chunk.document_->delta()) {
    chunk.text = text_in(*delta, "content");
    if (chunk.text.empty()) chunk.text = text_in(*delta, "refusal");
    chunk.reasoning = text_in(*delta, "reasoning_content");
    if (chunk.reasoning.empty()) chunk.reasoning = text_in(*delta, "reasoning");
    chunk.readable = !member(*delta, "function_call", Json::value_t::object) &&
                     !member(*delta, "audio", Json::value_t::object);
  }
  return chunk;
}

void ChatChunk::add_calls(std::vector<context::ToolCall>& calls,
                          std::vector<std::string>& ids) const {
  constexpr size_t most_calls = 1024;
  const Json* delta = document_->delta();
  const Json* list =
      delta == nullptr ? nullptr : member(*delta, "tool_calls", Json::value_t::array);
  if (list == nullptr) return;
  for (const Json& one : *list) {
    if (!one.is_object()) continue;
    auto index = one.find("index");
    size_t at =
        index != one.end() && index->is_number_unsigned() ? index->get<size_t>() : calls.size();
    if (at >= most_calls) continue;
    if (calls.size() <= at) calls.resize(at + 1), ids.resize(at + 1);
    if (std::string id = text_in(one, "id"); !id.empty()) ids[at] = std::move(id);
    calls[at].name += name_of(one);
    if (Json* arguments = arguments_of(const_cast<Json&>(one)))
      calls[at].arguments += arguments->get_ref<const std::string&>();
  }
}

std::string ChatChunk::text_event(std::string_view text) const {
  Json delta = Json::object();
  if (const Json* original = document_->delta(); original != nullptr && original->contains("role"))
    delta["role"] = (*original)["role"];
  delta["content"] = text;
  return event_of(written(document_->with_choice(std::move(delta), nullptr)));
}

std::string ChatChunk::reasoning_event(std::string_view text) const {
  return event_of(written(document_->with_choice({{"reasoning_content", text}}, nullptr)));
}

std::string ChatChunk::calls_event(const std::vector<context::ToolCall>& calls,
                                   const std::vector<std::string>& ids) const {
  Json delta = {{"tool_calls", calls_json(calls, ids, text_in(document_->json, "id"), true)}};
  return event_of(written(document_->with_choice(std::move(delta), nullptr)));
}

std::string ChatChunk::usage_event(const context::Usage& usage) const {
  Json out = document_->json;
  out["choices"] = Json::array();
  out["usage"] = usage_json(usage);
  return event_of(written(out));
}

std::string ChatChunk::ending(std::string_view reason) const {
  return event_of(written(document_->with_choice(Json::object(), reason)));
}

std::string event_of(std::string_view data) { return fmt::format("data: {}\n\n", data); }

}  // namespace aipol::dialects
