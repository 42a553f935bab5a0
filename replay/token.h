// A scalar of a JSON record, as it stands in its line, and what it is taken for. False, of any of
// these, is no error: the value is not the plain case, and another way decides what it means.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "plan/ip.h"

namespace aipol::replay {

inline constexpr bool not_simple = false;

enum class Written : uint8_t {
  text,
  number,
  word  // true, false, null; also what is no scalar
};

struct Token {
  std::string_view text;  // of a text what it says; of all else how it is written
  Written written = Written::word;
};

// Behind the number that begins there, by JSON's grammar; `at` where none does. Some byte that is
// no digit stands behind the line.
const char* number_end(const char* at);

bool take(const Token& token, std::string_view& into);
bool take(const Token& token, std::string& into);
bool take(const Token& token, bool& into);
bool take(const Token& token, int64_t& into);
bool take(const Token& token, double& into);
bool take(const Token& token, plan::Ip& into);

template <class Taken>
bool take(const Token& token, std::optional<Taken>& into) {
  return take(token, into.emplace());
}

bool take_within(const Token& token, int64_t least, int64_t most, int64_t& into);
// Seconds, to nanoseconds; dollars, to nano-dollars.
bool take_billionths(const Token& token, int64_t& into);
// RFC 3339, or seconds since the epoch.
bool take_time(const Token& token, int64_t& into);

// Whether a number is written as an integer.
bool is_integral(const Token& token);

}  // namespace aipol::replay
