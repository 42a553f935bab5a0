#include "base/token_estimate.h"

#include <cstdint>

namespace aipol {

namespace {

// What a character counts more than its bytes, told by its first two bytes.
size_t surplus(unsigned char lead, unsigned char second) {
  if (lead >= 0xF0) return 8 - 4;
  const bool east_asian = (lead >= 0xE3 && lead <= 0xE9) || (lead == 0xEA && second >= 0xB0) ||
                          (lead >= 0xEB && lead <= 0xED) || (lead == 0xEF && second >= 0xBC);
  return east_asian ? 4 - 3 : 0;
}

}  // namespace

size_t quarter_tokens(std::string_view text) {
  size_t quarters = text.size();
  for (size_t i = 0; i + 1 < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead >= 0xE3) quarters += surplus(lead, static_cast<unsigned char>(text[i + 1]));
  }
  return quarters;
}

}  // namespace aipol
