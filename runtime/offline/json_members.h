// Members of a JSON object that are as they should be; others are as if they were not there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

namespace aipol::offline {

// Null where it is no object, or has no such member.
inline const nlohmann::json* member_of(const nlohmann::json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

inline std::string text_in(const nlohmann::json& object, const char* name) {
  const nlohmann::json* value = member_of(object, name);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

inline std::optional<int64_t> integer_in(const nlohmann::json& object, const char* name,
                                         int64_t least, int64_t most) {
  const nlohmann::json* value = member_of(object, name);
  if (value == nullptr || !value->is_number_integer()) return std::nullopt;
  if (value->is_number_unsigned() && value->get<uint64_t>() > INT64_MAX) return std::nullopt;
  int64_t number = value->get<int64_t>();
  return number >= least && number <= most ? std::optional(number) : std::nullopt;
}

inline bool is_set(const nlohmann::json& object, const char* name) {
  const nlohmann::json* value = member_of(object, name);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

}  // namespace aipol::offline
