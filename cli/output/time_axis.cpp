#include "cli/output/time_axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "base/civil.h"

namespace aipol::cli {

namespace {

constexpr int64_t minute = 60, hour = 60 * minute, day = 24 * hour, month = 30 * day;
constexpr int64_t most_ticks = 7;

constexpr int64_t intervals[] = {
    1,          2,           5,           10,          15,      30,       minute,   2 * minute,
    5 * minute, 10 * minute, 15 * minute, 30 * minute, hour,    2 * hour, 3 * hour, 4 * hour,
    6 * hour,   12 * hour,   day,         2 * day,     4 * day, 7 * day,  14 * day};
// Of the calendar, in months.
constexpr int months[] = {1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200};

int64_t remainder(int64_t number, int64_t by) { return ((number % by) + by) % by; }

// "2 Mar", "Mar 2026" of 2026-03-02
std::string date_label(const std::string& date, bool of_month) {
  static constexpr std::array<std::string_view, 12> names = {
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::string_view name = names[static_cast<size_t>((date[5] - '0') * 10 + date[6] - '1')];
  if (of_month) return fmt::format("{} {}", name, date.substr(0, 4));
  return fmt::format("{} {}", (date[8] - '0') * 10 + date[9] - '0', name);
}

std::string clock_label(int64_t seconds, bool exactly) {
  std::string text = fmt::format("{:02}:{:02}", seconds / hour, seconds % hour / minute);
  return exactly ? fmt::format("{}:{:02}", text, seconds % minute) : text;
}

std::vector<Tick> in_equal_steps(int64_t first, int64_t last, int64_t interval) {
  std::vector<Tick> out;
  int64_t span = last - first, past = remainder(first, interval);
  for (int64_t after = past == 0 ? 0 : interval - past; after < span; after += interval) {
    int64_t of_day = remainder(first + after, day);
    std::string label = of_day == 0 && span > day
                            ? date_label(format_date((first + after) / day), false)
                            : clock_label(of_day, interval < minute);
    out.push_back({static_cast<double>(after) / static_cast<double>(span), std::move(label)});
  }
  return out;
}

std::vector<Tick> by_months(int64_t first, int64_t last, int every) {
  std::vector<Tick> out;
  std::string begin = format_date((first - remainder(first, day)) / day);
  int number = std::stoi(begin.substr(0, 4)) * 12 + (begin[5] - '0') * 10 + begin[6] - '1';
  for (number -= number % every;; number += every) {
    std::optional<int64_t> date =
        parse_date(fmt::format("{:04}-{:02}-01", number / 12, number % 12 + 1));
    if (!date || *date * day >= last) return out;
    if (*date * day < first) continue;
    std::string text = format_date(*date);
    out.push_back({static_cast<double>(*date * day - first) / static_cast<double>(last - first),
                   every >= 12 ? text.substr(0, 4) : date_label(text, true)});
  }
}

}  // namespace

std::vector<Tick> time_ticks(int64_t first, int64_t last) {
  for (int64_t interval : intervals) {
    if ((last - first) / interval < most_ticks) return in_equal_steps(first, last, interval);
  }
  for (int every : months) {
    if ((last - first) / (every * month) < most_ticks) return by_months(first, last, every);
  }
  return {};
}

std::string step_text(int64_t seconds) {
  constexpr std::pair<int64_t, std::string_view> units[] = {
      {7 * day, "week"}, {day, "day"}, {hour, "hour"}, {minute, "minute"}, {1, "second"}};
  auto unit =
      std::ranges::find_if(units, [&](const auto& one) { return seconds % one.first == 0; });
  int64_t count = seconds / unit->first;
  if (count > 1) return fmt::format("{} {}s", count, unit->second);
  return fmt::format("{} {}", unit->second == "hour" ? "an" : "a", unit->second);
}

}  // namespace aipol::cli
