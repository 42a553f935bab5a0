#include "runtime/context/header_fields.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace aipol::context {

namespace {

using nlohmann::json;

std::string_view header(const Call& call, std::string_view name) {
  auto found =
      std::ranges::find(call.request.headers, name, &std::pair<std::string, std::string>::first);
  return found == call.request.headers.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view trimmed(std::string_view text) {
  size_t begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

void read_tags(std::string_view text, const std::vector<std::string>& listed, Call& call) {
  std::vector<std::string>& tags = call.ai.tags;
  while (!text.empty()) {
    size_t end = std::min(text.find(','), text.size());
    std::string tag(trimmed(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (std::ranges::find(listed, tag) == listed.end()) continue;
    if (std::ranges::find(tags, tag) == tags.end()) tags.push_back(std::move(tag));
  }
}

std::optional<AttributeValue> attribute_of(const json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_integer()) return value.get<int64_t>();
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return std::nullopt;
  std::vector<std::string> items;
  for (const json& item : value) {
    if (!item.is_string() && !item.is_number()) return std::nullopt;
    items.push_back(item.is_string() ? item.get<std::string>() : item.dump());
  }
  return items;
}

void read_metadata(std::string_view text, Attributes& metadata) {
  json object = json::parse(text, nullptr, false);
  if (!object.is_object()) return;
  for (const auto& [name, value] : object.items()) {
    if (auto attribute = attribute_of(value)) metadata.try_emplace(name, std::move(*attribute));
  }
}

}  // namespace

void read_header_fields(const std::vector<std::string>& listed_tags, Call& call) {
  if (call.request.headers.empty()) return;
  std::string_view session = header(call, session_header);
  if (call.session.id.empty() && session.size() <= longest_session_id) call.session.id = session;
  read_tags(header(call, tags_header), listed_tags, call);
  std::string_view metadata = header(call, metadata_header);
  if (!metadata.empty()) read_metadata(metadata, call.request.metadata);
}

}  // namespace aipol::context
