#include "cli/output/time_axis.h"

#include <doctest.h>

#include "base/civil.h"

using namespace aipol;

namespace {

// Of dates that are days or times.
int64_t seconds(std::string_view text) {
  if (text.size() == 10) return *parse_date(text) * 86'400;
  return *parse_time(text) / 1'000'000'000;
}

std::string labels(const char* first, const char* last) {
  std::string out;
  for (const cli::Tick& tick : cli::time_ticks(seconds(first), seconds(last)))
    out += (out.empty() ? "" : ", ") + tick.label;
  return out;
}

}  // namespace

TEST_CASE("an axis of time has its marks at times that people know") {
  CHECK(labels("2026-03-02T12:00:00Z", "2026-03-02T12:00:04Z") ==
        "12:00:00, 12:00:01, 12:00:02, 12:00:03");
  CHECK(labels("2026-03-02T12:00:07Z", "2026-03-02T12:01:00Z") ==
        "12:00:10, 12:00:20, 12:00:30, 12:00:40, 12:00:50");
  CHECK(labels("2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z") ==
        "00:00, 04:00, 08:00, 12:00, 16:00, 20:00");
  CHECK(labels("2026-03-02T09:15:00Z", "2026-03-03T14:00:00Z") ==
        "12:00, 18:00, 3 Mar, 06:00, 12:00");
  CHECK(labels("2026-02-27T00:00:00Z", "2026-03-03T00:00:00Z") == "27 Feb, 28 Feb, 1 Mar, 2 Mar");
  CHECK(labels("2026-03-02T00:00:00Z", "2026-07-20T00:00:00Z") ==
        "Apr 2026, May 2026, Jun 2026, Jul 2026");
  CHECK(labels("2026-03-01T00:00:00Z", "2030-03-01T00:00:00Z") == "2027, 2028, 2029, 2030");
  CHECK(labels("1678-01-01", "2262-01-01") == "1700, 1800, 1900, 2000, 2100, 2200");
}

TEST_CASE("a mark stands where its time is") {
  auto ticks = cli::time_ticks(seconds("2026-03-02T11:30:00Z"), seconds("2026-03-02T13:30:00Z"));
  for (const cli::Tick& tick : ticks) {
    if (tick.label == "12:00") CHECK(tick.at == doctest::Approx(0.25));
    if (tick.label == "13:00") CHECK(tick.at == doctest::Approx(0.75));
  }
  CHECK(ticks.size() >= 3);
  // Before 1970, too.
  CHECK(labels("1969-12-31T22:30:00Z", "1970-01-01T01:30:00Z") ==
        "22:30, 23:00, 23:30, 00:00, 00:30, 01:00");
}

TEST_CASE("steps have names") {
  CHECK(cli::step_text(1) == "a second");
  CHECK(cli::step_text(900) == "15 minutes");
  CHECK(cli::step_text(3600) == "an hour");
  CHECK(cli::step_text(2'419'200) == "4 weeks");
}
