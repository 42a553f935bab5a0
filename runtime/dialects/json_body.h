// JSON bodies, strictly: one document, valid UTF-8, no member twice, at most 64 levels.
#pragma once

#include <simdjson.h>

#include <string>

#include "runtime/dialects/dialect.h"

namespace aipol::dialects {

namespace dom = simdjson::dom;

struct BodyReader::Parser {
  dom::parser dom;
  std::vector<std::string_view> members;  // of the object that is checked for duplicates
};

inline constexpr size_t deepest_body = 64;  // lists and objects that hold something

// The document lives until the next parse.
std::expected<dom::element, BodyError> parse_json(BodyReader& reader, Body body);

// Accepts `json`: the body must be JSON and is not read further.
std::expected<void, BodyError> read_json_body(BodyReader& reader, Body body, const Needs& needs,
                                              context::Ai& ai);

// Fills reader.values from the document parsed last.
void read_values(BodyReader& reader, const std::vector<std::string>& paths);

// "messages[2].role: must be a string"
BodyError body_error(std::string path, std::string_view what);

}  // namespace aipol::dialects
