// Base64url without padding (RFC 4648, section 5; RFC 7515, appendix C).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace aipol::identity {

std::string encode_base64url(const unsigned char* bytes, size_t size);

// Strict: no padding, no white space, no other characters, no bits set that no byte has. So each
// text of bytes has exactly one form.
std::optional<std::string> decode_base64url(std::string_view text);

}  // namespace aipol::identity
