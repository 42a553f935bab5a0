// Representations and constants: what a policy's values are once types have done their work.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace aipol::plan {

// How a value lies in an AipolCell (runtime/abi/cell.h). Integers are int, usd (nano-dollars),
// duration and time (nanoseconds, since the epoch), clock (seconds of the day), date (days since
// the epoch), enum (member number). A handle is an object of the runtime that functions look things
// up in.
enum class Rep : uint8_t { boolean, integer, real, text, ip, texts, integers, records, handle };

struct Ip {
  uint64_t high = 0;  // IPv6, network order made integer; IPv4 is mapped into ::ffff:0:0/96
  uint64_t low = 0;
  auto operator<=>(const Ip&) const = default;
};

struct Network {
  Ip address;
  uint8_t prefix = 0;  // bits of the IPv6 form, 0 to 128
  auto operator<=>(const Network&) const = default;
};

// Closed. Where low > high the range wraps (a clock range over midnight); other ranges are never
// empty.
struct IntegerRange {
  int64_t low = 0;
  int64_t high = 0;
  auto operator<=>(const IntegerRange&) const = default;
};

// Texts and integers hold each member once, ascending, where the language means a set.
using Constant = std::variant<bool, int64_t, double, std::string, Ip, Network, IntegerRange,
                              std::vector<std::string>, std::vector<int64_t>>;

}  // namespace aipol::plan
