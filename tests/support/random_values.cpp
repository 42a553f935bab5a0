#include "tests/support/random_values.h"

#include <algorithm>
#include <limits>

namespace aipol::testing {

namespace {

using plan::Rep;

constexpr std::string_view texts[] = {
    "",      "a",      "b",       "ab",     "A",          "Zürich ",        " x",  "team-1",
    "admin", "/v1/ai", "/v1/ai/", "/v1/ai/chat", "/v1/ai/a-x", "/v1/models/m", "/", std::string_view("n\0l", 3)};

constexpr int64_t integers[] = {0,
                                1,
                                -1,
                                2,
                                3,
                                5,
                                7,
                                10,
                                1'000'000'000,
                                -86'400'000'000'001,
                                std::numeric_limits<int64_t>::max(),
                                std::numeric_limits<int64_t>::min(),
                                std::numeric_limits<int64_t>::max() - 1,
                                3'037'000'500};

constexpr double reals[] = {0.0,   -0.0,     0.5,    1.0,
                            -2.5,  1e300,    -1e300, std::numeric_limits<double>::max(),
                            1e-310, 9.3e18, -9.3e18, std::numeric_limits<double>::lowest()};

constexpr plan::Ip addresses[] = {{0, 0},
                                  {0, 1},
                                  {0, 0xFFFF'0A00'0001},
                                  {0, 0xFFFF'0A01'0203},
                                  {0, 0xFFFF'C0A8'0001},
                                  {0, 0xFFFF'0808'0808},
                                  {0x2001'0db8'0000'0000, 1},
                                  {0xFC00'0000'0000'0000, 5}};

// Where many different ones are wanted, now and then.
std::string text(Choices& choices) {
  if (choices.one_in(6)) return "t" + std::to_string(choices.below(100));
  return std::string(choices.of(std::span<const std::string_view>(texts)));
}

int64_t integer(Choices& choices) {
  if (choices.one_in(6)) return choices.below(100);
  if (choices.one_in(12)) return static_cast<int64_t>(choices.bits());
  return choices.of(std::span<const int64_t>(integers));
}

template <class T>
std::vector<T> list(Choices& choices, T (*member)(Choices&), bool set) {
  std::vector<T> result;
  uint32_t size = choices.one_in(8) ? choices.below(90) : choices.below(5);
  for (uint32_t i = 0; i < size; ++i) result.push_back(member(choices));
  if (!set) return result;
  std::ranges::sort(result);
  result.erase(std::ranges::unique(result).begin(), result.end());
  return result;
}

}  // namespace

plan::Constant random_value(Rep rep, Choices& choices, bool set) {
  switch (rep) {
    case Rep::boolean: return choices.below(2) == 1;
    case Rep::integer: return integer(choices);
    case Rep::real: return choices.of(std::span<const double>(reals));
    case Rep::text: return text(choices);
    case Rep::ip: return choices.of(std::span<const plan::Ip>(addresses));
    case Rep::texts: return list<std::string>(choices, text, set);
    default: return list<int64_t>(choices, integer, set);
  }
}

plan::Network random_network(Choices& choices) {
  constexpr uint8_t prefixes[] = {0, 8, 64, 96, 104, 112, 120, 128};
  uint8_t prefix = choices.of(std::span<const uint8_t>(prefixes));
  plan::Ip ip = choices.of(std::span<const plan::Ip>(addresses));
  auto kept = [](int bits) { return bits <= 0 ? 0 : bits >= 64 ? ~0ull : ~0ull << (64 - bits); };
  return {{ip.high & kept(prefix), ip.low & kept(prefix - 64)}, prefix};
}

plan::IntegerRange random_range(Choices& choices) { return {integer(choices), integer(choices)}; }

std::string random_glob(Choices& choices) {
  static constexpr std::string_view globs[] = {
      "/v1/ai",       "/v1/ai/**", "/v1/*/chat", "/**",         "**",    "*",      "/v1/ai/*-x", "/v1/**/m",
      "/v1/models/*", "a*",        "*b",         "/v1/ai/*a**", "t*",    "t1*",    "/*/*/*",     "",
      "/v1/**/**",    "**/ai",     "**a",        "/",           "admin", "/v1/ai/", "team-*"};
  if (choices.one_in(8)) return "t" + std::to_string(choices.below(100));
  return std::string(choices.of(std::span<const std::string_view>(globs)));
}

std::string random_pattern(Choices& choices) {
  static constexpr std::string_view patterns[] = {"a", "^a$", "[0-9]+", "(?i)admin", "^/v1/.*-x$", "", "t[1-5]$", "ü"};
  return std::string(choices.of(std::span<const std::string_view>(patterns)));
}

std::string random_zone(Choices& choices) {
  static constexpr std::string_view zones[] = {"UTC", "Europe/Berlin", "America/New_York"};
  return std::string(choices.of(std::span<const std::string_view>(zones)));
}

}  // namespace aipol::testing
