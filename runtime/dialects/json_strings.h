// The texts of a JSON document that nobody named: what is no text by the name of its member stays.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

namespace aipol::dialects {

// Puts every string in or under the value through `each`, but those of members that name things or
// hold data (ids, roles, types, addresses, the words of a schema) and of the members in `known`.
void each_text(nlohmann::ordered_json& value, std::span<const std::string_view> known,
               const std::function<std::string(std::string_view)>& each);

}  // namespace aipol::dialects
