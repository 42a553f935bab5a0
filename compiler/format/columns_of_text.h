// How wide a text is.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/utf8.h"

namespace aipol::format {

// In code points; of several lines the first.
inline uint32_t columns_of(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  return static_cast<uint32_t>(characters_in(text));
}

}  // namespace aipol::format
