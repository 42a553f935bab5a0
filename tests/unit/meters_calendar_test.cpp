#include <doctest/doctest.h>

#include "base/calendar.h"
#include "base/civil.h"
#include "tests/support/choices.h"

namespace aipol {

namespace {

constexpr int64_t second = 1'000'000'000;
constexpr int64_t hour_length = 3600 * second;
constexpr int64_t day_length = 24 * hour_length;

using enum CalendarUnit;

int64_t at(const char* text) { return parse_time(text).value(); }

std::string around(const char* zone, CalendarUnit unit, const char* time) {
  Span span = Calendar::of(zone)->around(unit, at(time));
  return format_time(span.begin) + " " + format_time(span.end);
}

}  // namespace

TEST_CASE("calendar units in UTC") {
  CHECK(around("UTC", minute, "2026-03-01T12:34:56.5Z") ==
        "2026-03-01T12:34:00Z 2026-03-01T12:35:00Z");
  CHECK(around("UTC", hour, "2026-03-01T12:00:00Z") == "2026-03-01T12:00:00Z 2026-03-01T13:00:00Z");
  CHECK(around("UTC", day, "2026-03-01T23:59:59.999999999Z") ==
        "2026-03-01T00:00:00Z 2026-03-02T00:00:00Z");
  CHECK(around("UTC", month, "2024-02-29T12:00:00Z") ==
        "2024-02-01T00:00:00Z 2024-03-01T00:00:00Z");
  CHECK(around("UTC", month, "2026-02-28T23:59:59Z") ==
        "2026-02-01T00:00:00Z 2026-03-01T00:00:00Z");
  CHECK(around("UTC", month, "2026-12-31T23:59:59Z") ==
        "2026-12-01T00:00:00Z 2027-01-01T00:00:00Z");
  CHECK(around("UTC", year, "2024-12-31T12:00:00Z") == "2024-01-01T00:00:00Z 2025-01-01T00:00:00Z");
  CHECK(around("UTC", day, "1969-12-31T23:59:59Z") == "1969-12-31T00:00:00Z 1970-01-01T00:00:00Z");
}

TEST_CASE("weeks begin on Monday") {
  // 2026-03-01 is a Sunday.
  CHECK(around("UTC", week, "2026-03-01T23:59:59Z") == "2026-02-23T00:00:00Z 2026-03-02T00:00:00Z");
  CHECK(around("UTC", week, "2026-03-02T00:00:00Z") == "2026-03-02T00:00:00Z 2026-03-09T00:00:00Z");
  CHECK(around("UTC", week, "2025-01-01T00:00:00Z") == "2024-12-30T00:00:00Z 2025-01-06T00:00:00Z");
}

TEST_CASE("days follow the clocks of their zone when these change") {
  // To summer time, at 02:00: the day has 23 hours.
  CHECK(around("Europe/Berlin", day, "2026-03-29T12:00:00Z") ==
        "2026-03-28T23:00:00Z 2026-03-29T22:00:00Z");
  // Back, at 03:00: it has 25.
  CHECK(around("Europe/Berlin", day, "2026-10-25T12:00:00Z") ==
        "2026-10-24T22:00:00Z 2026-10-25T23:00:00Z");
  CHECK(around("Europe/Berlin", month, "2026-10-31T22:59:59Z") ==
        "2026-09-30T22:00:00Z 2026-10-31T23:00:00Z");
  CHECK(around("Europe/Berlin", month, "2026-10-31T23:00:00Z") ==
        "2026-10-31T23:00:00Z 2026-11-30T23:00:00Z");
}

TEST_CASE("a day without midnight begins with the change") {
  // Clocks went from 2018-11-04T00:00 to 01:00.
  CHECK(around("America/Sao_Paulo", day, "2018-11-04T12:00:00Z") ==
        "2018-11-04T03:00:00Z 2018-11-05T02:00:00Z");
}

TEST_CASE("clocks set back over midnight do not bring yesterday back") {
  // At 00:01 of 2010-11-07 clocks went to 23:01 of the 6th. The 7th had begun at 02:30Z.
  const char* zone = "America/St_Johns";
  CHECK(around(zone, day, "2010-11-07T02:29:59Z") == "2010-11-06T02:30:00Z 2010-11-07T02:30:00Z");
  CHECK(around(zone, day, "2010-11-07T02:45:00Z") == "2010-11-07T02:30:00Z 2010-11-08T03:30:00Z");
  CHECK(around(zone, day, "2010-11-07T03:45:00Z") == "2010-11-07T02:30:00Z 2010-11-08T03:30:00Z");
}

TEST_CASE("an hour that clocks show twice is two") {
  CHECK(around("Europe/Berlin", hour, "2026-10-25T00:30:00Z") ==
        "2026-10-25T00:00:00Z 2026-10-25T01:00:00Z");
  CHECK(around("Europe/Berlin", hour, "2026-10-25T01:30:00Z") ==
        "2026-10-25T01:00:00Z 2026-10-25T02:00:00Z");
  // Half an hour back at 02:00, that is 15:00Z: 01:30 to 02:00 is shown again.
  CHECK(around("Australia/Lord_Howe", hour, "2026-04-04T14:59:00Z") ==
        "2026-04-04T14:00:00Z 2026-04-04T15:00:00Z");
  CHECK(around("Australia/Lord_Howe", hour, "2026-04-04T15:10:00Z") ==
        "2026-04-04T15:00:00Z 2026-04-04T15:30:00Z");
  CHECK(around("Asia/Kathmandu", hour, "2026-01-01T00:20:00Z") ==
        "2026-01-01T00:15:00Z 2026-01-01T01:15:00Z");
}

TEST_CASE("a zone that does not exist is an error") {
  CHECK(Calendar::of("Europe/Atlantis").error().message ==
        "there is no time zone `Europe/Atlantis`");
}

TEST_CASE("the units of a zone cover all time, without gap or overlap") {
  testing::Choices choices(11);
  const char* zones[] = {"UTC",
                         "Europe/Berlin",
                         "America/New_York",
                         "America/St_Johns",
                         "America/Sao_Paulo",
                         "Australia/Lord_Howe",
                         "Pacific/Apia",
                         "Africa/Casablanca",
                         "Asia/Beirut",
                         "America/Havana"};
  for (const char* zone : zones) {
    Calendar calendar = *Calendar::of(zone);
    for (CalendarUnit unit : {minute, hour, day, week, month, year}) {
      for (int i = 0; i < 300; ++i) {
        int64_t time = at("1975-01-01") + static_cast<int64_t>(choices.below(28'000)) * day_length +
                       static_cast<int64_t>(choices.below(86'400)) * second;
        Span span = calendar.around(unit, time);
        CAPTURE(zone);
        CAPTURE(format_time(time));
        CAPTURE(static_cast<int>(unit));
        CHECK((span.begin <= time && time < span.end));
        CHECK(calendar.around(unit, span.begin) == span);
        CHECK(calendar.around(unit, span.end - 1) == span);
        CHECK(calendar.around(unit, span.end).begin == span.end);
        CHECK(calendar.around(unit, span.begin - 1).end == span.begin);
        if (unit == hour) CHECK(span.end - span.begin <= hour_length);
      }
    }
  }
}

}  // namespace aipol
