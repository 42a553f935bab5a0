// Minutes, hours, days, weeks, months and years as clocks and calendars of a time zone show them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"

namespace aipol {

// From `begin` up to, not including, `end`; nanoseconds since the epoch.
struct Span {
  int64_t begin = 0;
  int64_t end = 0;
  bool operator==(const Span&) const = default;
};

enum class CalendarUnit : uint8_t { minute, hour, day, week, month, year };

// The units of one zone. Units of one kind follow each other without gap or overlap:
//   day to year   begin at the first instant of their first day, also where that day has no
//   midnight; weeks on Monday. minute, hour  are never longer than their name: an hour that clocks
//   show twice is two.
// May be asked by any thread.
class Calendar {
 public:
  // A zone of the tz database, "Europe/Berlin".
  static Result<Calendar> of(const std::string& zone);

  Calendar(Calendar&&) noexcept;
  Calendar& operator=(Calendar&&) noexcept;
  ~Calendar();

  Span around(CalendarUnit unit, int64_t time) const;

 private:
  struct Zone;
  explicit Calendar(std::unique_ptr<const Zone> zone);
  std::unique_ptr<const Zone> zone_;
};

}  // namespace aipol
