#include "runtime/dialects/prompt_body.h"

#include <algorithm>
#include <optional>

#include "runtime/dialects/json_body.h"

namespace aipol::dialects {

namespace {

std::string filled(const std::vector<plan::Prompt::Part>& parts,
                   const std::vector<std::optional<std::string>>& values) {
  std::string text;
  for (const plan::Prompt::Part& part : parts)
    text += part.parameter ? *values[*part.parameter] : part.text;
  return text;
}

// What a member of the body is wrong with.
std::optional<std::string_view> take(const plan::Prompt& prompt, std::string_view name,
                                     dom::element value, context::Ai& ai,
                                     std::vector<std::optional<std::string>>& values) {
  auto parameter = std::ranges::find(prompt.parameters, name);
  if (parameter != prompt.parameters.end()) {
    std::string_view text;
    if (value.get_string().get(text) != simdjson::SUCCESS) return "must be a string";
    values[static_cast<size_t>(parameter - prompt.parameters.begin())] = std::string(text);
    return std::nullopt;
  }
  if (name != "stream") return "is no parameter of this prompt";
  if (value.get_bool().get(ai.stream) != simdjson::SUCCESS) return "must be true or false";
  return std::nullopt;
}

}  // namespace

std::expected<void, BodyError> read_prompt_body(const plan::Prompt& prompt, std::string_view method,
                                                BodyReader& reader, Body body, const Needs& needs,
                                                context::Ai& ai) {
  std::vector<std::string> tags = std::move(ai.tags);  // those are borne by headers
  ai = {};
  ai.tags = std::move(tags);
  ai.operation = "chat";
  reader.begin();
  if (method != "post") return std::unexpected(BodyError{405, "this path takes POST", {}});
  auto root = parse_json(reader, body);
  if (!root) return std::unexpected(root.error());
  dom::object members;
  if (root->get_object().get(members) != simdjson::SUCCESS)
    return std::unexpected(body_error({}, "the body must be an object"));
  std::vector<std::optional<std::string>> values(prompt.parameters.size());
  for (const auto [name, value] : members) {
    if (auto what = take(prompt, name, value, ai, values))
      return std::unexpected(body_error(std::string(name), *what));
  }
  for (size_t i = 0; i < values.size(); ++i) {
    if (!values[i]) return std::unexpected(body_error(prompt.parameters[i], "is missing"));
  }
  if (!prompt.system.empty()) ai.messages.push_back({"system", filled(prompt.system, values)});
  ai.messages.push_back({"user", filled(prompt.user, values)});
  read_values(reader, needs.values);
  return {};
}

}  // namespace aipol::dialects
