// Calendar and clock texts, proleptic Gregorian. Times are nanoseconds since the epoch in UTC,
// dates days since it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace aipol {

// RFC 3339: "2026-03-01T12:00:00Z", with fraction and offset; also a date alone, at midnight UTC.
// What lies before 1678 or behind 2262 is the earliest or latest time there is.
std::optional<int64_t> parse_time(std::string_view text);
// "2026-03-01"
std::optional<int64_t> parse_date(std::string_view text);
// "2026-03-01T12:00:00.5Z"
std::string format_time(int64_t nanoseconds);
std::string format_date(int64_t days);
// "2026-03-01T12:00:00.500000000Z": always with `digits` behind the point, 1 to 9.
void append_time(std::string& out, int64_t nanoseconds, int digits = 9);

// Whether the tz database has that zone.
bool zone_exists(const std::string& name);

}  // namespace aipol
