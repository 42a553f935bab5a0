// UTF-8 text: validity and code points.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aipol {

// The bytes of the code point that begins the text, 0 where the text does not begin with valid
// UTF-8.
size_t code_point_bytes(std::string_view text);

// Where the first byte stands that is not valid UTF-8.
std::optional<size_t> first_invalid_utf8(std::string_view text);

// False for what Unicode has no character for (surrogates, beyond U+10FFFF); nothing is appended
// then.
bool append_utf8(std::string& text, uint32_t code_point);

// A to Z made a to z; other bytes stay.
std::string lower_ascii(std::string_view text);

// The text with each run of white space made one space, none at its beginning.
std::string on_one_line(std::string_view text);

}  // namespace aipol
