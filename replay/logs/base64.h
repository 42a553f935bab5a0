// Base64 of RFC 4648, section 4, as archives hold bodies that are no text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aipol::replay::logs {

// Line breaks within are passed over; padding may be missing. Nothing where it is no base64.
std::optional<std::string> decode_base64(std::string_view text);

}  // namespace aipol::replay::logs
