#include "base/civil.h"

#include <cctz/time_zone.h>
#include <fmt/format.h>

#include <chrono>

namespace aipol {

namespace {

constexpr int64_t ns_per_second = 1'000'000'000;

// Takes so many digits off the front of text; nothing where they are not there or above `most`.
template <size_t digits>
inline std::optional<int> take_number(std::string_view& text, int most) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  bool all = true;
  for (size_t i = 0; i < digits; ++i) {
    all = all && text[i] >= '0' && text[i] <= '9';
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return all && value <= most ? std::optional(value) : std::nullopt;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<int64_t> take_date(std::string_view& text) {
  auto year = take_number<4>(text, 9999);
  if (!year || !take(text, '-')) return std::nullopt;
  auto month = take_number<2>(text, 12);
  if (!month || !take(text, '-')) return std::nullopt;
  auto day = take_number<2>(text, 31);
  if (!day) return std::nullopt;
  std::chrono::year_month_day date{std::chrono::year(*year),
                                   std::chrono::month(static_cast<unsigned>(*month)),
                                   std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

std::optional<int64_t> take_clock(std::string_view& text) {
  auto hour = take_number<2>(text, 23);
  if (!hour || !take(text, ':')) return std::nullopt;
  auto minute = take_number<2>(text, 59);
  if (!minute || !take(text, ':')) return std::nullopt;
  auto second = take_number<2>(text, 60);
  if (!second) return std::nullopt;
  return (*hour * 60 + *minute) * 60 + *second;
}

int64_t take_fraction(std::string_view& text) {
  if (!take(text, '.')) return 0;
  int64_t fraction = 0;
  size_t at = 0, known = 0;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
    if (known == 9) continue;  // less than a nanosecond
    fraction = fraction * 10 + (text[at] - '0');
    ++known;
  }
  text.remove_prefix(at);
  for (; known < 9; ++known) fraction *= 10;
  return fraction;
}

std::optional<int64_t> take_offset(std::string_view& text) {
  if (take(text, 'Z') || take(text, 'z')) return 0;
  int sign = text.starts_with('-') ? -1 : 1;
  if (!take(text, '-') && !take(text, '+')) return std::nullopt;
  auto hours = take_number<2>(text, 23);
  if (!hours || !take(text, ':')) return std::nullopt;
  auto minutes = take_number<2>(text, 59);
  if (!minutes) return std::nullopt;
  return sign * (*hours * 3600 + *minutes * 60);
}

// What int64 nanoseconds can hold.
bool representable(int64_t seconds) { return seconds > -9'223'372'036 && seconds < 9'223'372'036; }

}  // namespace

std::optional<int64_t> parse_date(std::string_view text) {
  auto days = take_date(text);
  return text.empty() ? days : std::nullopt;
}

std::optional<int64_t> parse_time(std::string_view text) {
  auto days = take_date(text);
  if (!days) return std::nullopt;
  int64_t seconds = *days * 86'400;
  int64_t fraction = 0;
  if (!text.empty()) {
    if (!take(text, 'T') && !take(text, 't') && !take(text, ' ')) return std::nullopt;
    auto clock = take_clock(text);
    if (!clock) return std::nullopt;
    fraction = take_fraction(text);
    auto offset = take_offset(text);
    if (!offset || !text.empty()) return std::nullopt;
    seconds += *clock - *offset;
  }
  if (!representable(seconds)) return seconds < 0 ? INT64_MIN : INT64_MAX;
  return seconds * ns_per_second + fraction;
}

std::string format_date(int64_t days) {
  std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string format_time(int64_t nanoseconds) {
  int64_t seconds = nanoseconds / ns_per_second - (nanoseconds % ns_per_second < 0);
  int64_t fraction = nanoseconds % ns_per_second;
  if (fraction < 0) fraction += ns_per_second;
  int64_t days = seconds / 86'400 - (seconds % 86'400 < 0);
  int64_t clock = seconds - days * 86'400;
  std::string text = fmt::format("{}T{:02}:{:02}:{:02}", format_date(days), clock / 3600,
                                 clock / 60 % 60, clock % 60);
  if (fraction != 0) {
    std::string digits = fmt::format("{:09}", fraction);
    digits.erase(digits.find_last_not_of('0') + 1);
    text += "." + digits;
  }
  return text + "Z";
}

void append_time(std::string& out, int64_t nanoseconds, int digits) {
  int64_t seconds = nanoseconds / ns_per_second - (nanoseconds % ns_per_second < 0);
  int64_t days = seconds / 86'400 - (seconds % 86'400 < 0);
  auto clock = static_cast<unsigned>(seconds - days * 86'400);
  auto fraction = static_cast<unsigned>(nanoseconds - seconds * ns_per_second);
  std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
  char text[] = "0000-00-00T00:00:00.000000000Z";
  auto put = [&text](size_t end, size_t count, unsigned value) {
    for (; count > 0; --count, value /= 10) text[--end] = static_cast<char>('0' + value % 10);
  };
  put(4, 4, static_cast<unsigned>(static_cast<int>(date.year())));
  put(7, 2, static_cast<unsigned>(date.month()));
  put(10, 2, static_cast<unsigned>(date.day()));
  put(13, 2, clock / 3600);
  put(16, 2, clock / 60 % 60);
  put(19, 2, clock % 60);
  put(29, 9, fraction);
  auto size = static_cast<size_t>(20 + digits);
  text[size] = 'Z';
  out.append(text, size + 1);
}

bool zone_exists(const std::string& name) {
  cctz::time_zone zone;
  return cctz::load_time_zone(name, &zone);
}

}  // namespace aipol
