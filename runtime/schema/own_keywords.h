// Keywords that are checked here rather than by Valijson, whose way takes more than linear time, or
// the stack, on texts that clients send.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/schema/document.h"

namespace valijson {
class SchemaParser;
}

namespace aipol::schema {

inline constexpr std::string_view own_keywords[] = {"pattern", "format", "uniqueItems"};

// Under which name Valijson meets it.
std::string renamed(std::string_view keyword);

// What is wrong with such a keyword's value.
std::optional<std::string> bad_value(std::string_view keyword, const Json& value);

// The parser makes constraints of them; their values must be good.
void add_own_keywords(valijson::SchemaParser& parser);

}  // namespace aipol::schema
