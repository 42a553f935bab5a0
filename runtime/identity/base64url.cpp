#include "runtime/identity/base64url.h"

#include <array>
#include <cstdint>

namespace aipol::identity {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr uint8_t none = 64;

constexpr std::array<uint8_t, 256> make_digits() {
  std::array<uint8_t, 256> digits{};
  digits.fill(none);
  for (size_t i = 0; i < alphabet.size(); ++i)
    digits[static_cast<unsigned char>(alphabet[i])] = static_cast<uint8_t>(i);
  return digits;
}
constexpr std::array<uint8_t, 256> digits = make_digits();

}  // namespace

std::string encode_base64url(const unsigned char* bytes, size_t size) {
  std::string out;
  uint32_t bits = 0;
  int held = 0;
  for (size_t i = 0; i < size; ++i) {
    bits = bits << 8 | bytes[i];
    for (held += 8; held >= 6;) out += alphabet[bits >> (held -= 6) & 63];
  }
  if (held > 0) out += alphabet[bits << (6 - held) & 63];
  return out;
}

std::optional<std::string> decode_base64url(std::string_view text) {
  std::string out;
  out.reserve(text.size() * 3 / 4);
  uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const uint8_t digit = digits[static_cast<unsigned char>(c)];
    if (digit == none) return std::nullopt;
    bits = bits << 6 | digit;
    if ((held += 6) < 8) continue;
    out += static_cast<char>(bits >> (held -= 8) & 255);
  }
  const bool left_over = held >= 6 || (bits & ((1u << held) - 1)) != 0;
  if (left_over) return std::nullopt;
  return out;
}

}  // namespace aipol::identity
