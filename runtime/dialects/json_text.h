// Writing JSON texts by hand, for bodies and log lines of known shape.
#pragma once

#include <string>
#include <string_view>

namespace aipol::dialects {

// Appends the text as a JSON string with its quotes. What is not valid UTF-8 becomes U+FFFD, so
// that the result always is a JSON document.
void append_json(std::string& out, std::string_view text);

}  // namespace aipol::dialects
