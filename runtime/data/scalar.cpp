#include "runtime/data/scalar.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/civil.h"
#include "base/overloaded.h"
#include "plan/ip.h"
#include "stdlib/native/cells.h"

namespace aipol::data {

namespace {

using native::cell_of;
using plan::DataType;
using plan::Rep;
using plan::Unit;
using Number = std::optional<int64_t>;

constexpr int64_t nano = 1'000'000'000;

bool is_text(const DataType& type) { return type.rep == Rep::text; }
bool is_plain_integer(const DataType& type) {
  return type.rep == Rep::integer && type.unit == Unit::none && type.enumeration == ~0u;
}

template <class T>
std::optional<T> whole(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Number times(int64_t value, int64_t factor) {
  int64_t result = 0;
  return __builtin_mul_overflow(value, factor, &result) ? std::nullopt : Number(result);
}

Number plus(Number a, Number b) {
  int64_t result = 0;
  return !a || !b || __builtin_add_overflow(*a, *b, &result) ? std::nullopt : Number(result);
}

// "12.5" in units of 1 / `scale`, which is a power of ten. No digit is lost.
Number decimal(std::string_view text, int64_t scale) {
  const size_t point = std::min(text.find('.'), text.size());
  const auto all_digits = [](std::string_view part) {
    return !part.empty() && std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
  };
  const std::string_view whole_part = text.substr(0, point);
  if (!all_digits(whole_part)) return std::nullopt;
  const auto value = whole<int64_t>(whole_part);
  Number sum = value ? times(*value, scale) : std::nullopt;
  if (point == text.size()) return sum;
  const std::string_view fraction = text.substr(point + 1);
  if (!all_digits(fraction)) return std::nullopt;
  for (char c : fraction) {
    if (scale == 1) return std::nullopt;
    scale /= 10;
    sum = plus(sum, (c - '0') * scale);
  }
  return sum;
}

// "$2.50", "-$0.1", "2.5"
Number dollars(std::string_view text) {
  const bool negative = text.starts_with('-');
  text.remove_prefix(negative);
  text.remove_prefix(text.starts_with('$'));
  const Number value = decimal(text, nano);
  return value && negative ? Number(-*value) : value;
}

struct Word {
  std::string_view name;
  int64_t nanoseconds;
};
constexpr Word duration_units[] = {{"ns", 1},          {"us", 1000},     {"ms", 1'000'000},
                                   {"s", nano},        {"m", 60 * nano}, {"h", 3600 * nano},
                                   {"d", 86400 * nano}};

// "1h30m", "250ms"
Number duration(std::string_view text) {
  Number sum = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto value = whole<int64_t>(text.substr(0, digits));
    text.remove_prefix(digits);
    const size_t letters = std::min(text.find_first_of("0123456789"), text.size());
    const auto* unit = std::ranges::find(duration_units, text.substr(0, letters), &Word::name);
    if (!value || unit == std::end(duration_units)) return std::nullopt;
    sum = plus(sum, times(*value, unit->nanoseconds));
    text.remove_prefix(letters);
  }
  return sum;
}

// "09:00", "23:59:59"
Number clock(std::string_view text) {
  if (text.size() != 5 && text.size() != 8) return std::nullopt;
  int64_t seconds = 0;
  for (size_t at = 0; at < text.size(); at += 3) {
    const auto part = whole<uint8_t>(text.substr(at, 2));
    if (!part || (at > 0 && text[at - 1] != ':') || *part > (at == 0 ? 23 : 59))
      return std::nullopt;
    seconds = seconds * 60 + *part;
  }
  return text.size() == 5 ? seconds * 60 : seconds;
}

Number integer_from_text(Unit unit, std::string_view text) {
  switch (unit) {
    case Unit::none:
      return std::nullopt;
    case Unit::nano_dollars:
      return dollars(text);
    case Unit::nanoseconds:
      return duration(text);
    case Unit::time:
      return parse_time(text);
    case Unit::clock:
      return clock(text);
    case Unit::date:
      return parse_date(text);
  }
  return std::nullopt;
}

Number rounded(double value) {
  constexpr double limit = 9.2e18;
  return std::isfinite(value) && std::abs(value) < limit ? Number(std::llround(value))
                                                         : std::nullopt;
}

// A number is one of dollars or seconds; of the day and of days for clocks and dates.
int64_t scale_of(Unit unit) {
  return unit == Unit::none || unit == Unit::clock || unit == Unit::date ? 1 : nano;
}

std::optional<AipolCell> as_cell(Number value) {
  return value ? std::optional(cell_of(*value)) : std::nullopt;
}

std::optional<AipolCell> from_integer(const DataType& type, int64_t value) {
  if (type.rep == Rep::real) return cell_of(static_cast<double>(value));
  if (type.rep != Rep::integer || type.enumeration != ~0u) return std::nullopt;
  return as_cell(times(value, scale_of(type.unit)));
}

std::optional<AipolCell> from_real(const DataType& type, double value) {
  if (!std::isfinite(value)) return std::nullopt;
  if (type.rep == Rep::real) return cell_of(value);
  if (type.rep != Rep::integer || type.enumeration != ~0u) return std::nullopt;
  const int64_t scale = scale_of(type.unit);
  if (scale == 1 && value != std::floor(value)) return std::nullopt;
  return as_cell(rounded(value * static_cast<double>(scale)));
}

constexpr std::string_view named_units[] = {"an integer",
                                            "dollars (`$2.50`, or a number)",
                                            "a duration (`1h30m`, or seconds)",
                                            "a time (`2026-03-01T12:00:00Z`)",
                                            "a time of day (`09:00`)",
                                            "a date (`2026-03-01`)"};

}  // namespace

std::optional<AipolCell> Scalars::member(const DataType& type, std::string_view text) const {
  const plan::Enumeration& enumeration = enumerations_[type.enumeration];
  const auto found = std::ranges::find(enumeration.members, text);
  const bool known = found != enumeration.members.end();
  if (!known && !enumeration.open) return std::nullopt;
  return cell_of(static_cast<int64_t>(known ? found - enumeration.members.begin()
                                            : std::ssize(enumeration.members) - 1));
}

std::optional<AipolCell> Scalars::from_text(const DataType& type, std::string_view text) {
  if (is_text(type)) return document_.keep(text);
  if (type.enumeration != ~0u) return member(type, text);
  if (type.rep == Rep::integer) return as_cell(integer_from_text(type.unit, text));
  if (type.rep != Rep::ip) return std::nullopt;
  const auto ip = plan::parse_ip(text);
  return ip ? std::optional(AipolCell{ip->high, ip->low}) : std::nullopt;
}

std::optional<AipolCell> Scalars::read(const DataType& type, const Scalar& value) {
  return std::visit(Overloaded{[](Null) { return std::optional<AipolCell>(); },
                               [&](bool truth) {
                                 return type.rep == Rep::boolean ? std::optional(cell_of(truth))
                                                                 : std::nullopt;
                               },
                               [&](int64_t integer) { return from_integer(type, integer); },
                               [&](double real) { return from_real(type, real); },
                               [&](std::string_view text) { return from_text(type, text); }},
                    value);
}

std::optional<AipolCell> Scalars::read_cell(const DataType& type, std::string_view text) {
  if (type.rep == Rep::boolean) {
    return text == "true"    ? std::optional(cell_of(true))
           : text == "false" ? std::optional(cell_of(false))
                             : std::nullopt;
  }
  if (type.rep == Rep::real || is_plain_integer(type)) {
    if (const auto integer = whole<int64_t>(text)) return from_integer(type, *integer);
    const auto real = whole<double>(text);
    return real ? from_real(type, *real) : std::nullopt;
  }
  if (auto cell = from_text(type, text)) return cell;
  const auto number = whole<double>(text);
  return number && !is_text(type) ? from_real(type, *number) : std::nullopt;
}

std::string Scalars::expected(const DataType& type) const {
  switch (type.kind) {
    case DataType::Kind::set:
    case DataType::Kind::list:
      return "a list";
    case DataType::Kind::map:
      return "an object with any keys";
    case DataType::Kind::record:
      return "an object";
    case DataType::Kind::scalar:
      break;
  }
  if (type.enumeration != ~0u) {
    std::string names;
    for (const std::string& name : enumerations_[type.enumeration].members)
      fmt::format_to(std::back_inserter(names), "{}`{}`", names.empty() ? "" : ", ", name);
    return "one of " + names;
  }
  switch (type.rep) {
    case Rep::boolean:
      return "true or false";
    case Rep::integer:
      return std::string(named_units[static_cast<size_t>(type.unit)]);
    case Rep::real:
      return "a number";
    case Rep::ip:
      return "an IP address";
    default:
      return "a text";
  }
}

}  // namespace aipol::data
