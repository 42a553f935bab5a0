// IP addresses and networks as text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "plan/value.h"

namespace aipol::plan {

std::optional<Ip> parse_ip(std::string_view text);
// "10.0.0.0/8", "2001:db8::/32", or a single address. Bits past the prefix must be zero.
std::optional<Network> parse_network(std::string_view text);
std::string format_ip(const Ip& ip);
bool contains(const Network& network, const Ip& ip);

}  // namespace aipol::plan
