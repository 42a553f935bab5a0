// Reading members of foreign JSON: what is missing, null or of another type is absent.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/result.h"

namespace aipol::replay::logs {

using nlohmann::json;

// Nesting that documents of logs may have; what recurses over them rests on it.
inline constexpr size_t deepest = 128;

// Parses one document. The error says whether it is no JSON or nested too deeply.
Result<json> parse_document(std::string_view text);

// The member reached over these names, or null.
const json* member(const json& object, std::initializer_list<std::string_view> names);
const json* member(const json& object, std::string_view name);

// As they are written: texts that are not empty, and "-" as proxies write what is absent.
std::optional<std::string_view> text_of(const json* value);
// Numbers without fraction; also texts of digits.
std::optional<int64_t> integer_of(const json* value);
// Finite numbers; also texts of one.
std::optional<double> number_of(const json* value);
// Booleans; also the texts "true" and "false" in any case.
std::optional<bool> boolean_of(const json* value);

// JSON that some logs hold as a text: parsed. Any other value is itself; nothing where the text is
// no JSON.
std::optional<json> unwrapped(const json* value);

}  // namespace aipol::replay::logs
