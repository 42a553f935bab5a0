#include <doctest/doctest.h>

#include "base/civil.h"

namespace aipol {

TEST_CASE("times are read and written") {
  CHECK(parse_time("1970-01-01T00:00:00Z") == 0);
  CHECK(parse_time("1970-01-01T00:00:01.5Z") == 1'500'000'000);
  CHECK(parse_time("1970-01-01T02:00:00+02:00") == 0);
  CHECK(parse_time("1969-12-31T23:59:59.999Z") == -1'000'000);
  CHECK(parse_time("2024-02-29") == parse_time("2024-02-29T00:00:00Z"));
  for (const char* text :
       {"2026-03-01T12:00:00Z", "1969-12-31T23:59:59.25Z", "2100-12-31T23:59:59.000000001Z"}) {
    CHECK(format_time(*parse_time(text)) == text);
  }
}

TEST_CASE("what is no time is refused") {
  for (const char* text : {"", "2026", "2026-13-01", "2026-02-29T00:00:00Z", "2026-02-28T24:00:00Z",
                           "2026-02-28T12:00Z", "2026-02-28T12:00:00", "2026-02-28T12:00:00Zz",
                           "0001-00-01", "9999-01-01T25:00:00Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_time(text).has_value());
  }
}

TEST_CASE("a time far off is the earliest or latest there is") {
  CHECK(parse_time("9999-12-31T23:59:59Z") == INT64_MAX);
  CHECK(parse_time("2262-04-12") == INT64_MAX);
  CHECK(parse_time("0001-01-01") == INT64_MIN);
  CHECK(*parse_time("2262-04-11") < INT64_MAX);
}

TEST_CASE("dates are days since the epoch") {
  CHECK(parse_date("1970-01-02") == 1);
  CHECK(parse_date("2000-03-01") == 11017);
  CHECK_FALSE(parse_date("2000-03-01T00:00:00Z").has_value());
  CHECK(format_date(11017) == "2000-03-01");
}

TEST_CASE("zones are those of the tz database") {
  CHECK(zone_exists("Europe/Berlin"));
  CHECK(zone_exists("UTC"));
  CHECK_FALSE(zone_exists("Europe/Atlantis"));
  CHECK_FALSE(zone_exists("../etc/passwd"));
}

}  // namespace aipol
