// Writing JSON texts by hand, for bodies of known shape.
#pragma once

#include "base/json_text.h"

namespace aipol::dialects {

// As append_json_string.
inline void append_json(std::string& out, std::string_view text) { append_json_string(out, text); }

// Whether lists and objects of a JSON text stand more than so many levels deep in each other.
bool is_nested_deeper(std::string_view json, size_t levels);

}  // namespace aipol::dialects
