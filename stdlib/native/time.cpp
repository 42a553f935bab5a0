// time.*: an instant (ns since the epoch) as a zone's clocks and calendars show it.
#include <cctz/civil_time.h>
#include <cctz/time_zone.h>

#include <string>
#include <string_view>
#include <vector>

#include "stdlib/native/cells.h"
#include "stdlib/native/natives.h"

namespace aipol::native {

namespace {

// Each thread loads a zone once. The compiler has checked the zone's name; one that is gone since reads as UTC.
const cctz::time_zone& zone_named(std::string_view name) {
  constexpr size_t most = 64;  // sets name a few
  thread_local std::vector<std::pair<std::string, cctz::time_zone>> known;
  for (const auto& [text, zone] : known) {
    if (text == name) return zone;
  }
  if (known.size() == most) known.clear();
  auto& [text, zone] = known.emplace_back(name, cctz::utc_time_zone());
  cctz::load_time_zone(text, &zone);
  return zone;
}

cctz::civil_second civil(const AipolCell* arguments) {
  constexpr int64_t second_ns = 1'000'000'000;
  int64_t ns = integer_of(arguments[0]);
  cctz::seconds since_epoch(ns / second_ns - (ns % second_ns < 0));
  return cctz::convert(cctz::time_point<cctz::seconds>(since_epoch), zone_named(text_of(arguments[1])));
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
