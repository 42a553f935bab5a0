// JSON texts, before they are read.
#pragma once

#include <cstddef>
#include <string_view>

namespace aipol::dialects {

// Whether lists and objects of a JSON text stand more than so many levels deep in each other.
bool is_nested_deeper(std::string_view json, size_t levels);

}  // namespace aipol::dialects
