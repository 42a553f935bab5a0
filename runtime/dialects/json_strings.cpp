#include "runtime/dialects/json_strings.h"

#include <algorithm>
#include <span>

namespace aipol::dialects {

namespace {

constexpr std::string_view no_text[] = {
    "id",           "model",        "role",  "type",     "name",      "object",
    "index",        "tool_call_id", "url",   "data",     "file_id",   "file_data",
    "$ref",         "$schema",      "enum",  "required", "format",    "const",
    "pattern",      "detail",       "voice", "user",     "signature", "encrypted_content",
    "finish_reason"};

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

void each_text(nlohmann::ordered_json& value, std::span<const std::string_view> known,
               const std::function<std::string(std::string_view)>& each) {
  if (value.is_string()) {
    value = each(value.get_ref<const std::string&>());
  } else if (value.is_array()) {
    for (auto& element : value) each_text(element, known, each);
  } else if (value.is_object()) {
    for (auto& [name, member] : value.items()) {
      if (!is_one_of(name, no_text) && !is_one_of(name, known)) each_text(member, known, each);
    }
  }
}

}  // namespace aipol::dialects
