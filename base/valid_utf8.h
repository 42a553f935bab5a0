// Texts of the gateway are UTF-8, whatever bytes came.
#pragma once

#include <string>
#include <string_view>

namespace aipol {

// Appends the text, each byte that belongs to no valid character replaced by U+FFFD.
void append_valid_utf8(std::string& out, std::string_view bytes);

}  // namespace aipol
