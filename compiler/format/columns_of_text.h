// How wide a text is.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace aipol::format {

// In code points; of several lines the first.
inline uint32_t columns_of(std::string_view text) {
  text = text.substr(0, text.find('\n'));
  return static_cast<uint32_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace aipol::format
