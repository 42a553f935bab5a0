// format.*: values as f-strings show them.
#include <arpa/inet.h>
#include <cctz/civil_time.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "stdlib/native/cells.h"
#include "stdlib/native/natives.h"

namespace aipol::native {

namespace {

constexpr uint64_t second_ns = 1'000'000'000;

using Buffer = fmt::basic_memory_buffer<char, 128>;

AipolCell copied(const Buffer& buffer, AipolScratch* scratch) {
  return native::copied(std::string_view(buffer.data(), buffer.size()), scratch);
}

uint64_t magnitude(int64_t value) { return value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value); }

// ".5" for half a unit of 10^9 parts, at least `least` digits; nothing where there are none.
void append_fraction(Buffer& out, uint64_t parts, size_t least) {
  std::string digits = fmt::format("{:09}", parts);
  size_t count = std::max(least, digits.find_last_not_of('0') + 1);
  if (count > 0) fmt::format_to(std::back_inserter(out), ".{}", std::string_view(digits).substr(0, count));
}

int64_t floor_divide(int64_t a, int64_t b) { return a / b - (a % b < 0); }

}  // namespace

void format_boolean(const AipolCell* arguments, AipolCell* result, AipolScratch*) {
  *result = cell_of(arguments[0].a != 0 ? std::string_view("true") : std::string_view("false"));
}

void format_integer(const AipolCell* arguments, AipolCell* result, AipolScratch* scratch) {
  fmt::format_int digits(integer_of(arguments[0]));
  *result = copied(std::string_view(digits.data(), digits.size()), scratch);
}

// The shortest text that reads back as the same number.
void format_real(const AipolCell* arguments, AipolCell* result, AipolScratch* scratch) {
  Buffer out;
  fmt::format_to(std::back_inserter(out), "{}", real_of(arguments[0]));
  *result = copied(out, scratch);
}

// "1h30m", "250ms", "0s": the units that are not zero, days to nanoseconds.
void format_duration(const AipolCell* arguments, AipolCell* result, AipolScratch* scratch) {
  struct Unit {
    uint64_t ns;
    std::string_view name;
  };
  static constexpr std::array<Unit, 7> units{{{86400 * second_ns, "d"},
                                              {3600 * second_ns, "h"},
                                              {60 * second_ns, "m"},
                                              {second_ns, "s"},
                                              {1'000'000, "ms"},
                                              {1'000, "us"},
                                              {1, "ns"}}};
  int64_t value = integer_of(arguments[0]);
  uint64_t rest = magnitude(value);
  Buffer out;
  if (value < 0) out.push_back('-');
  for (const Unit& unit : units) {
    if (rest >= unit.ns) fmt::format_to(std::back_inserter(out), "{}{}", rest / unit.ns, unit.name);
    rest %= unit.ns;
  }
  if (value == 0) fmt::format_to(std::back_inserter(out), "0s");
  *result = copied(out, scratch);
}

// RFC 3339 in UTC.
void format_time(const AipolCell* arguments, AipolCell* result, AipolScratch* scratch) {
  constexpr auto unit = static_cast<int64_t>(second_ns);
  int64_t value = integer_of(arguments[0]), seconds = floor_divide(value, unit);
  cctz::civil_second civil = cctz::civil_second() + seconds;
  Buffer out;
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", civil.year(), civil.month(),
                 civil.day(), civil.hour(), civil.minute(), civil.second());
  // In unsigned arithmetic, because the seconds times their length may lie below the smallest integer.
  append_fraction(out, static_cast<uint64_t>(value) - static_cast<uint64_t>(seconds) * second_ns, 0);
  out.push_back('Z');
  *result = copied(out, scratch);
}

// "09:30", with seconds where there are some.
void format_clock(const AipolCell* arguments, AipolCell* result, AipolScratch* scratch) {
  int64_t value = integer_of(arguments[0]);
  Buffer out;
  fmt::format_to(std::back_inserter(out), "{:02}:{:02}", value / 3600, value / 60 % 60);
  if (value % 60 != 0) fmt::format_to(std::back_inserter(out), ":{:02}", value % 60);
  *result = copied(out, scratch);
}

void format_date(const AipolCell* arguments, AipolCell* result, AipolScratch* scratch) {
  // Ten million years to either side; beyond, civil time is of no use and could overflow.
  constexpr int64_t limit = 3'652'425'000;
  cctz::civil_day day = cctz::civil_day() + std::clamp(integer_of(arguments[0]), -limit, limit);
  Buffer out;
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}", day.year(), day.month(), day.day());
  *result = copied(out, scratch);
}

// "$2.50", "-$0.000125": nano-dollars, at least two decimals.
void format_usd(const AipolCell* arguments, AipolCell* result, AipolScratch* scratch) {
  int64_t value = integer_of(arguments[0]);
  uint64_t amount = magnitude(value);
  Buffer out;
  fmt::format_to(std::back_inserter(out), "{}${}", value < 0 ? "-" : "", amount / second_ns);
  append_fraction(out, amount % second_ns, 2);
  *result = copied(out, scratch);
}

void format_ip(const AipolCell* arguments, AipolCell* result, AipolScratch* scratch) {
  std::array<unsigned char, 16> bytes;
  for (size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<unsigned char>(arguments[0].a >> (56 - 8 * i));
    bytes[8 + i] = static_cast<unsigned char>(arguments[0].b >> (56 - 8 * i));
  }
  bool mapped = arguments[0].a == 0 && arguments[0].b >> 32 == 0xFFFF;
  char out[INET6_ADDRSTRLEN];
  inet_ntop(mapped ? AF_INET : AF_INET6, bytes.data() + (mapped ? 12 : 0), out, sizeof out);
  *result = copied(out, scratch);
}

// The text of an enum's member; empty for a number outside of it.
void format_member(const AipolCell* arguments, AipolCell* result, AipolScratch*) {
  auto members = list_of(arguments[1]);
  *result = arguments[0].a < members.size() ? members[arguments[0].a] : cell_of(std::string_view(""));
}

}  // namespace aipol::native
