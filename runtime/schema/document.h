// JSON as schemas look at it: read strictly, so that nobody reads it otherwise.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace aipol::schema {

using Json = nlohmann::json;

// Nothing where it is no JSON, nests deeper than `deepest`, or has a member twice.
std::optional<Json> read_document(std::string_view text);

}  // namespace aipol::schema
