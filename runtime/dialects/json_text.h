// Writing JSON texts by hand, for bodies and log lines of known shape.
#pragma once

#include <string>
#include <string_view>

namespace aipol::dialects {

// Appends the text as a JSON string with its quotes. What is not valid UTF-8 becomes U+FFFD, so
// that the result always is a JSON document.
void append_json(std::string& out, std::string_view text);

// Whether lists and objects of a JSON text stand more than so many levels deep in each other.
bool is_nested_deeper(std::string_view json, size_t levels);

}  // namespace aipol::dialects
