#include "plan/ip.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <cstring>

namespace aipol::plan {

namespace {

constexpr uint64_t v4_mapped = 0xFFFF00000000ull;

bool is_v4(const Ip& ip) { return ip.high == 0 && (ip.low >> 32) == 0xFFFF; }

Ip mask(uint8_t prefix) {
  uint64_t high = prefix == 0 ? 0 : ~uint64_t{0} << (prefix >= 64 ? 0 : 64 - prefix);
  uint64_t low = prefix <= 64 ? 0 : ~uint64_t{0} << (128 - prefix);
  return {high, low};
}

uint64_t big_endian(const unsigned char* bytes) {
  uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value = value << 8 | bytes[i];
  return value;
}

// Four numbers without leading zeros.
std::optional<uint32_t> parse_v4(std::string_view text) {
  uint32_t address = 0;
  size_t at = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && (at == text.size() || text[at++] != '.')) return std::nullopt;
    uint32_t number = 0;
    size_t begin = at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9' && at < begin + 3; ++at)
      number = number * 10 + static_cast<uint32_t>(text[at] - '0');
    bool leading_zero = at > begin + 1 && text[begin] == '0';
    if (at == begin || number > 255 || leading_zero) return std::nullopt;
    address = address << 8 | number;
  }
  return at == text.size() ? std::optional(address) : std::nullopt;
}

}  // namespace

std::optional<Ip> parse_ip(std::string_view text) {
  if (auto v4 = parse_v4(text)) return Ip{0, v4_mapped | *v4};
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size()) return std::nullopt;
  std::memcpy(terminated.data(), text.data(), text.size());
  if (std::strlen(terminated.data()) != text.size()) return std::nullopt;
  in6_addr v6{};
  if (inet_pton(AF_INET6, terminated.data(), &v6) == 1)
    return Ip{big_endian(v6.s6_addr), big_endian(v6.s6_addr + 8)};
  return std::nullopt;
}

std::optional<Network> parse_network(std::string_view text) {
  size_t slash = text.find('/');
  std::optional<Ip> ip = parse_ip(text.substr(0, slash));
  if (!ip) return std::nullopt;
  bool v4 = text.substr(0, slash).find(':') == std::string_view::npos;
  unsigned prefix = v4 ? 32 : 128;
  if (slash != std::string_view::npos) {
    std::string_view digits = text.substr(slash + 1);
    unsigned most = prefix;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
    if (error != std::errc{} || end != digits.data() + digits.size() || prefix > most)
      return std::nullopt;
  }
  Network network{*ip, static_cast<uint8_t>(v4 ? prefix + 96 : prefix)};
  Ip bits = mask(network.prefix);
  if ((ip->high & ~bits.high) != 0 || (ip->low & ~bits.low) != 0) return std::nullopt;
  return network;
}

bool contains(const Network& network, const Ip& ip) {
  Ip bits = mask(network.prefix);
  return (ip.high & bits.high) == network.address.high &&
         (ip.low & bits.low) == network.address.low;
}

std::string format_ip(const Ip& ip) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_v4(ip)) {
    char* end = text.data();
    for (int shift = 24; shift >= 0; shift -= 8) {
      if (shift < 24) *end++ = '.';
      end = std::to_chars(end, text.end(), ip.low >> shift & 0xFF).ptr;
    }
    return {text.data(), end};
  }
  in6_addr v6{};
  for (int i = 0; i < 8; ++i) {
    v6.s6_addr[i] = static_cast<unsigned char>(ip.high >> (56 - 8 * i));
    v6.s6_addr[8 + i] = static_cast<unsigned char>(ip.low >> (56 - 8 * i));
  }
  inet_ntop(AF_INET6, &v6, text.data(), text.size());
  return text.data();
}

}  // namespace aipol::plan
