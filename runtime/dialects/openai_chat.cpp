#include "runtime/dialects/openai_chat.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/dialects/json_body.h"

namespace aipol::dialects {
namespace {

using context::Ai;
using context::Message;

// Errors inside one reading travel as this exception, and end at read_openai_chat.
struct Wrong {
  BodyError error;
};

[[noreturn]] void wrong(std::string path, std::string_view what) {
  throw Wrong{body_error(std::move(path), what)};
}

std::string_view read_text(const dom::element& value, const std::string& path) {
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) wrong(path, "must be a string");
  return text;
}

dom::object read_object(const dom::element& value, const std::string& path) {
  dom::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) wrong(path, "must be an object");
  return object;
}

dom::array read_array(const dom::element& value, const std::string& path) {
  dom::array array;
  if (value.get_array().get(array) != simdjson::SUCCESS) wrong(path, "must be a list");
  return array;
}

bool read_flag(const dom::element& value, const std::string& path) {
  bool flag = false;
  if (!value.is_null() && value.get_bool().get(flag) != simdjson::SUCCESS)
    wrong(path, "must be true or false");
  return flag;
}

std::optional<dom::element> member(const dom::object& object, std::string_view name) {
  dom::element value;
  if (object.at_key(name).get(value) != simdjson::SUCCESS) return std::nullopt;
  return value;
}

std::string_view required_text(const dom::object& object, std::string_view name,
                               const std::string& path) {
  const auto value = member(object, name);
  if (!value) wrong(path, fmt::format("has no `{}`", name));
  return read_text(*value, fmt::format("{}.{}", path, name));
}

// --- messages ---

std::string_view read_role(const dom::object& message, const std::string& path) {
  const std::string_view role = required_text(message, "role", path);
  if (role == "user" || role == "assistant" || role == "system" || role == "tool") return role;
  if (role == "developer") return "system";
  if (role == "function") return "tool";
  wrong(path + ".role", "must be system, developer, user, assistant or tool");
}

void append_part_text(std::string& text, std::string_view part) {
  if (!text.empty()) text += '\n';
  text += part;
}

void read_part(const dom::element& value, const std::string& path, Ai& ai, std::string& text) {
  const dom::object part = read_object(value, path);
  const std::string_view type = required_text(part, "type", path);
  if (type == "text")
    append_part_text(text, required_text(part, "text", path));
  else if (type == "refusal")
    append_part_text(text, required_text(part, "refusal", path));
  else if (type == "image_url")
    ai.has_images = true;
  else if (type == "input_audio")
    ai.has_audio = true;
  else if (type != "file")
    wrong(path + ".type", "is not a kind of content that is known");
}

void read_content(const dom::element& content, const std::string& path, Ai& ai, std::string& text) {
  if (content.is_null()) return;
  if (content.is_string()) {
    text = content.get_string().value_unsafe();
    return;
  }
  if (!content.is_array()) wrong(path, "must be a string or a list of parts");
  size_t index = 0;
  for (const dom::element part : read_array(content, path)) {
    read_part(part, fmt::format("{}[{}]", path, index++), ai, text);
  }
}

void read_messages(const dom::element& value, const Needs& needs, Ai& ai) {
  size_t index = 0;
  std::string dropped;
  for (const dom::element one : read_array(value, "messages")) {
    const std::string path = fmt::format("messages[{}]", index++);
    const dom::object message = read_object(one, path);
    const std::string_view role = read_role(message, path);
    std::string* text = &dropped;
    if (needs.texts) text = &ai.messages.emplace_back(Message{std::string(role), {}}).text;
    if (const auto content = member(message, "content"))
      read_content(*content, path + ".content", ai, *text);
    dropped.clear();
  }
  if (index == 0) wrong("messages", "must not be empty");
}

// --- tools ---

void read_tool(const dom::element& value, const std::string& path, Ai& ai) {
  const dom::object tool = read_object(value, path);
  const std::string_view type = required_text(tool, "type", path);
  if (type != "function" && type != "custom") return;  // a built-in tool has no name
  const auto named = member(tool, type);
  if (!named) wrong(path, fmt::format("has no `{}`", type));
  const std::string inner = fmt::format("{}.{}", path, type);
  ai.tools.emplace_back(required_text(read_object(*named, inner), "name", inner));
}

void read_tools(const dom::element& value, Ai& ai) {
  if (value.is_null()) return;
  size_t index = 0;
  for (const dom::element tool : read_array(value, "tools"))
    read_tool(tool, fmt::format("tools[{}]", index++), ai);
}

// The older form of tools.
void read_functions(const dom::element& value, Ai& ai) {
  if (value.is_null()) return;
  size_t index = 0;
  for (const dom::element one : read_array(value, "functions")) {
    const std::string path = fmt::format("functions[{}]", index++);
    ai.tools.emplace_back(required_text(read_object(one, path), "name", path));
  }
}

// --- numbers ---

void read_max_tokens(const dom::element& value, const std::string& name, Ai& ai) {
  if (value.is_null()) return;
  int64_t number = 0;
  if (value.get_int64().get(number) != simdjson::SUCCESS || number < 0)
    wrong(name, "must be a whole number");
  ai.max_tokens = std::max(ai.max_tokens.value_or(0), number);
}

void read_temperature(const dom::element& value, Ai& ai) {
  if (value.is_null()) return;
  double number = 0;
  if (!value.is_number() || value.get_double().get(number) != simdjson::SUCCESS)
    wrong("temperature", "must be a number");
  ai.temperature = number;
}

bool read_wants_usage(const dom::element& value) {
  if (value.is_null()) return false;
  const auto flag = member(read_object(value, "stream_options"), "include_usage");
  return flag && read_flag(*flag, "stream_options.include_usage");
}

int64_t read_choices(const dom::element& value) {
  int64_t number = 1;
  if (!value.is_null() && (value.get_int64().get(number) != simdjson::SUCCESS || number < 1))
    wrong("n", "must be a whole number from 1");
  return number;
}

void read_model(const dom::element& value, Ai& ai) {
  ai.model = read_text(value, "model");
  if (ai.model.empty()) wrong("model", "must not be empty");
}

void read_chat(const dom::object& root, const Needs& needs, BodyReader& reader, Ai& ai) {
  bool has_messages = false;
  for (const auto [name, value] : root) {
    if (name == "messages") {
      read_messages(value, needs, ai);
      has_messages = true;
    } else if (name == "model")
      read_model(value, ai);
    else if (name == "stream")
      ai.stream = read_flag(value, "stream");
    else if (name == "stream_options") {
      reader.has_stream_options = !value.is_null();
      reader.wants_usage = read_wants_usage(value);
    } else if (name == "n")
      reader.choices = read_choices(value);
    else if (name == "tools")
      read_tools(value, ai);
    else if (name == "functions")
      read_functions(value, ai);
    else if (name == "max_tokens" || name == "max_completion_tokens")
      read_max_tokens(value, std::string(name), ai);
    else if (name == "temperature")
      read_temperature(value, ai);
  }
  if (!has_messages) wrong("messages", "is missing");
}

}  // namespace

std::expected<void, BodyError> read_openai_chat(BodyReader& reader, Body body, const Needs& needs,
                                                Ai& ai) {
  const auto root = parse_json(reader, body);
  if (!root) return std::unexpected(root.error());
  try {
    if (!root->is_object()) wrong("", "the body must be an object");
    read_chat(root->get_object().value_unsafe(), needs, reader, ai);
    return {};
  } catch (Wrong& thrown) {
    return std::unexpected(std::move(thrown.error));
  }
}

}  // namespace aipol::dialects
