#include "base/calendar.h"

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>

#include <algorithm>

#include "base/saturate.h"

namespace aipol {

struct Calendar::Zone {
  cctz::time_zone zone;
};

Calendar::Calendar(std::unique_ptr<const Zone> zone) : zone_(std::move(zone)) {}
Calendar::Calendar(Calendar&&) noexcept = default;
Calendar& Calendar::operator=(Calendar&&) noexcept = default;
Calendar::~Calendar() = default;

Result<Calendar> Calendar::of(const std::string& zone) {
  auto loaded = std::make_unique<Zone>();
  if (!cctz::load_time_zone(zone, &loaded->zone))
    return failure("there is no time zone `" + zone + "`");
  return Calendar(std::move(loaded));
}

namespace {

using Seconds = cctz::time_point<cctz::seconds>;

constexpr int64_t ns_per_second = 1'000'000'000;

Seconds seconds_of(int64_t nanoseconds) {
  int64_t seconds = nanoseconds / ns_per_second - (nanoseconds % ns_per_second < 0);
  return Seconds(cctz::seconds(seconds));
}
int64_t nanoseconds_of(Seconds time) {
  return saturating_multiply(time.time_since_epoch().count(), ns_per_second);
}

// Where clocks skip the first instant of a day the day begins with the change, where they show it
// twice with the first.
template <class Unit>
Seconds begin_of(const cctz::time_zone& zone, Unit unit) {
  auto found = zone.lookup(cctz::civil_second(unit));
  return found.kind == cctz::time_zone::civil_lookup::SKIPPED ? found.trans : found.pre;
}

// `unit` holds the civil time of `time`; `step` of them are a window. Clocks set back over midnight
// show a day again that has ended: the window is the one that has begun, not the one shown.
template <class Unit>
Span around_unit(const cctz::time_zone& zone, Unit unit, int step, Seconds time) {
  Seconds begin = begin_of(zone, unit);
  Seconds end = begin_of(zone, unit + step);
  for (; end <= time; unit += step) {
    begin = end;
    end = begin_of(zone, unit + 2 * step);
  }
  return {nanoseconds_of(begin), nanoseconds_of(end)};
}

int64_t offset_at(const cctz::time_zone& zone, Seconds time) { return zone.lookup(time).offset; }

// The first instant in (from, to] with the offset of `to`; there is one change between them.
Seconds change_between(const cctz::time_zone& zone, Seconds from, Seconds to) {
  int64_t wanted = offset_at(zone, to);
  while (to - from > cctz::seconds(1)) {
    Seconds middle = from + (to - from) / 2;
    (offset_at(zone, middle) == wanted ? to : from) = middle;
  }
  return to;
}

// Units of a fixed length, cut where the clocks change within.
Span around_length(const cctz::time_zone& zone, int64_t length, Seconds time) {
  int64_t offset = offset_at(zone, time);
  int64_t shown = time.time_since_epoch().count() + offset;
  int64_t into = (shown % length + length) % length;
  Seconds begin = time - cctz::seconds(into);
  Seconds end = begin + cctz::seconds(length);
  if (offset_at(zone, begin) != offset) begin = change_between(zone, begin, time);
  Seconds last = end - cctz::seconds(1);
  if (offset_at(zone, last) != offset) end = change_between(zone, time, last);
  return {nanoseconds_of(begin), nanoseconds_of(end)};
}

cctz::civil_day monday_of(cctz::civil_day day) {
  return cctz::prev_weekday(day + 1, cctz::weekday::monday);
}

}  // namespace

Span Calendar::around(CalendarUnit unit, int64_t time) const {
  const cctz::time_zone& zone = zone_->zone;
  Seconds at = seconds_of(time);
  cctz::civil_second shown = cctz::convert(at, zone);
  switch (unit) {
    case CalendarUnit::minute:
      return around_length(zone, 60, at);
    case CalendarUnit::hour:
      return around_length(zone, 3600, at);
    case CalendarUnit::day:
      return around_unit(zone, cctz::civil_day(shown), 1, at);
    case CalendarUnit::week:
      return around_unit(zone, monday_of(cctz::civil_day(shown)), 7, at);
    case CalendarUnit::month:
      return around_unit(zone, cctz::civil_month(shown), 1, at);
    case CalendarUnit::year:
      return around_unit(zone, cctz::civil_year(shown), 1, at);
  }
  __builtin_unreachable();
}

}  // namespace aipol
