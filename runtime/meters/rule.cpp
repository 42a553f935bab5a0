#include "runtime/meters/rule.h"

namespace aipol::meters {

namespace {

using Kind = plan::Window::Kind;

CalendarUnit unit_of(Kind kind) {
  switch (kind) {
    case Kind::minute:
      return CalendarUnit::minute;
    case Kind::hour:
      return CalendarUnit::hour;
    case Kind::day:
      return CalendarUnit::day;
    case Kind::week:
      return CalendarUnit::week;
    case Kind::month:
      return CalendarUnit::month;
    default:
      return CalendarUnit::year;
  }
}

Span multiple(int64_t length, int64_t time) {
  int64_t into = (time % length + length) % length;
  int64_t begin = saturating_subtract(time, into);
  return {begin, saturating_add(begin, length)};
}

}  // namespace

Span Rule::window(int64_t time) const {
  if (calendar) return calendar->around(unit_of(kind), time);
  if (kind == Kind::sliding && length > 0) return multiple(length, time);
  return {int_min, int_max};
}

Amount Rule::needed(Amount amount) const {
  bool may_be_free = measure == plan::Measure::usd || measure == plan::Measure::sum;
  return std::max<Amount>(amount, may_be_free ? 0 : 1);
}

}  // namespace aipol::meters
