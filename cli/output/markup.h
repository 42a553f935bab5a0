// Text within XML and HTML.
#pragma once

#include <string>
#include <string_view>

namespace aipol::cli {

// For content and for attributes in double quotes. What XML 1.0 has no character for becomes
// U+FFFD.
std::string markup(std::string_view text);

}  // namespace aipol::cli
