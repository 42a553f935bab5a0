#include "runtime/dialects/chat_body.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/overloaded.h"
#include "runtime/dialects/json_strings.h"

namespace aipol::dialects {

namespace {

using Json = nlohmann::ordered_json;
using Redact = std::function<std::string(std::string_view)>;

std::string written(const Json& document) {
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json as_json(const plan::Constant& value) {
  return std::visit(
      Overloaded{[](bool v) { return Json(v); }, [](int64_t v) { return Json(v); },
                 [](double v) { return Json(v); }, [](const std::string& v) { return Json(v); },
                 [](const std::vector<std::string>& v) { return Json(v); },
                 [](const std::vector<int64_t>& v) { return Json(v); },
                 [](const auto&) { return Json(); }},
      value);
}

// Objects on the way are made where they are missing; what is no object there is replaced.
void make(Json& document, const context::BodyEdit& edit) {
  Json* at = &document;
  std::string_view path = edit.path;
  for (size_t dot = path.find('.'); dot != path.npos; dot = path.find('.')) {
    std::string name(path.substr(0, dot));
    path.remove_prefix(dot + 1);
    if (!edit.value && (!at->is_object() || !at->contains(name))) return;
    if (!at->is_object()) *at = Json::object();
    at = &(*at)[name];
  }
  if (!edit.value) {
    if (at->is_object()) at->erase(std::string(path));
    return;
  }
  if (!at->is_object()) *at = Json::object();
  (*at)[std::string(path)] = as_json(*edit.value);
}

void make(Json& document, const std::vector<context::BodyEdit>& edits) {
  for (const context::BodyEdit& edit : edits) make(document, edit);
}

void redact_member(Json& object, const char* name, const Redact& redact) {
  auto found = object.find(name);
  if (found != object.end() && found->is_string())
    *found = redact(found->get_ref<const std::string&>());
}

Json* text_of(Json& part) {
  if (!part.is_object()) return nullptr;
  for (const char* name : {"text", "refusal"}) {
    if (auto found = part.find(name); found != part.end() && found->is_string()) return &*found;
  }
  return nullptr;
}

// Policies see the parts as one text: where a match reaches over parts, the first takes it all.
void redact_parts(Json& parts, const Redact& redact) {
  std::vector<Json*> texts;
  std::string joined, apart;
  for (Json& part : parts) {
    Json* text = text_of(part);
    if (text == nullptr) continue;
    if (!texts.empty()) joined += '\n', apart += '\n';
    const auto& value = text->get_ref<const std::string&>();
    joined += value;
    apart += redact(value);
    texts.push_back(text);
  }
  std::string whole = redact(joined);
  if (whole == apart) {
    for (Json* text : texts) *text = redact(text->get_ref<const std::string&>());
    return;
  }
  for (Json* text : texts) *text = "";
  if (!texts.empty()) *texts[0] = std::move(whole);
}

void redact_message(Json& message, const Redact& redact) {
  if (!message.is_object()) return;
  if (auto content = message.find("content"); content != message.end()) {
    if (content->is_string()) redact_member(message, "content", redact);
    if (content->is_array()) redact_parts(*content, redact);
  }
  redact_member(message, "refusal", redact);
  if (auto call = message.find("function_call"); call != message.end() && call->is_object())
    redact_member(*call, "arguments", redact);
  auto calls = message.find("tool_calls");
  if (calls == message.end() || !calls->is_array()) return;
  for (Json& call : *calls) {
    if (!call.is_object()) continue;
    if (auto function = call.find("function"); function != call.end() && function->is_object())
      redact_member(*function, "arguments", redact);
    if (auto custom = call.find("custom"); custom != call.end() && custom->is_object())
      redact_member(*custom, "input", redact);
  }
}

std::string tool_name(const Json& tool) {
  for (const char* kind : {"function", "custom"}) {
    auto found = tool.find(kind);
    if (found != tool.end() && found->is_object()) return found->value("name", "");
  }
  return tool.value("name", "");
}

// Whether a choice of tools speaks of one of them: the provider would be told of one that is not
// there.
bool names_any(const Json& choice, const std::vector<std::string>& names) {
  if (!choice.is_object() && !choice.is_array()) return false;
  return std::ranges::any_of(choice.items(), [&](const auto& item) {
    if (choice.is_object() && item.key() == "name" && item.value().is_string())
      return std::ranges::find(names, item.value().template get<std::string>()) != names.end();
    return names_any(item.value(), names);
  });
}

// A list of tools that became empty is no list that providers take.
void hide(Json& document, const char* member, const std::vector<std::string>& names) {
  auto tools = document.find(member);
  if (tools == document.end() || !tools->is_array()) return;
  auto& list = tools->get_ref<Json::array_t&>();
  std::erase_if(list, [&](const Json& tool) {
    return tool.is_object() && std::ranges::find(names, tool_name(tool)) != names.end();
  });
  const bool none = list.empty();
  if (none) document.erase(member);
  for (const char* choice : {"tool_choice", "function_call"}) {
    auto chosen = document.find(choice);
    if (chosen != document.end() && (none || names_any(*chosen, names))) document.erase(choice);
  }
  if (none) document.erase("parallel_tool_calls");
}

}  // namespace

std::string edited_object(std::string_view body, const context::BodyEdits& edits) {
  Json document = Json::parse(body, nullptr, false);
  if (!document.is_object()) return std::string(body);
  make(document, edits.fields);
  return written(document);
}

std::string edited_chat(std::string_view body, const context::BodyEdits& edits,
                        const Redact& redact) {
  Json document = Json::parse(body, nullptr, false);
  if (!document.is_object()) return std::string(body);
  make(document, edits.fields);
  if (!edits.hidden_tools.empty()) {
    hide(document, "tools", edits.hidden_tools);
    hide(document, "functions", edits.hidden_tools);
  }
  Json& messages = document["messages"];
  if (!messages.is_array()) messages = Json::array();
  auto& list = messages.get_ref<Json::array_t&>();
  for (const std::string& text : edits.prepended)
    list.insert(list.begin(), Json{{"role", "system"}, {"content", text}});
  if (redact) {
    for (Json& message : list) redact_message(message, redact);
    // What else the model reads: descriptions of tools, predictions, schemas.
    constexpr std::string_view known[] = {"messages", "tool_choice", "metadata", "stop"};
    each_text(document, known, redact);
  }
  return written(document);
}

}  // namespace aipol::dialects
