// time.*: an instant (ns since the epoch) as a zone's clocks and calendars show it.
#include <cctz/civil_time.h>
#include <cctz/time_zone.h>

#include <string>

#include "stdlib/native/cells.h"
#include "stdlib/native/natives.h"

namespace aipol::native {

namespace {

// The compiler has checked the zone's name; one that is gone since reads as UTC.
cctz::civil_second civil(const AipolCell* arguments) {
  constexpr int64_t second_ns = 1'000'000'000;
  int64_t ns = integer_of(arguments[0]);
  cctz::seconds since_epoch(ns / second_ns - (ns % second_ns < 0));
  cctz::time_zone zone = cctz::utc_time_zone();
  cctz::load_time_zone(std::string(text_of(arguments[1])), &zone);
  return cctz::convert(cctz::time_point<cctz::seconds>(since_epoch), zone);
}

}  // namespace

void time_hour(const AipolCell* arguments, AipolCell* result, AipolScratch*) {
  *result = cell_of(static_cast<int64_t>(civil(arguments).hour()));
}

// 0 = Monday.
void time_weekday(const AipolCell* arguments, AipolCell* result, AipolScratch*) {
  *result = cell_of(static_cast<int64_t>(cctz::get_weekday(cctz::civil_day(civil(arguments)))));
}

void time_clock(const AipolCell* arguments, AipolCell* result, AipolScratch*) {
  cctz::civil_second time = civil(arguments);
  *result = cell_of(static_cast<int64_t>(time.hour() * 3600 + time.minute() * 60 + time.second()));
}

// Days since the epoch.
void time_date(const AipolCell* arguments, AipolCell* result, AipolScratch*) {
  *result = cell_of(static_cast<int64_t>(cctz::civil_day(civil(arguments)) - cctz::civil_day()));
}

}  // namespace aipol::native
