// What a limit is said to have left is what it lets through, and is whole again when it says so.
#include <doctest/doctest.h>

#include "tests/support/choices.h"
#include "tests/support/metering.h"

namespace aipol::testing {

namespace {

using Kind = plan::Window::Kind;
using plan::Measure;

struct Kept {
  plan::Meter meter;
  bool strict = false;
  std::optional<meters::Amount> burst;
};

const Kept kinds[] = {
    {meter_of(Measure::tokens, sliding(minute)), false, {}},
    {meter_of(Measure::tokens, sliding(7 * second)), false, 13},
    {meter_of(Measure::tokens, sliding(minute)), true, {}},
    {meter_of(Measure::requests, calendar(Kind::hour)), false, 5},
    {meter_of(Measure::tokens, calendar(Kind::day), "Europe/Berlin"), false, {}},
    {meter_of(Measure::tokens, calendar(Kind::ever)), false, {}},
};

constexpr meters::Amount limit = 40;

// Asks for nothing that counts, so that only what is told comes of it.
meters::Room told(Metering& of, const Kept& kind) {
  meters::Reservation held;
  of.admit(limit + 1, limit, held, kind.burst);
  REQUIRE(of.verdict.rooms.size() == 1);
  return of.verdict.rooms[0];
}

bool fits(Metering& of, const Kept& kind, meters::Amount amount) {
  meters::Reservation held;
  return of.admit(amount, limit, held, kind.burst);  // given back at once
}

}  // namespace

TEST_CASE("what is left is the most that is let through") {
  for (const Kept& kind : kinds) {
    for (uint64_t seed = 0; seed < 40; ++seed) {
      CAPTURE(seed);
      CAPTURE(static_cast<int>(kind.meter.window.kind));
      Metering of({kind.meter}, {{0, kind.strict, {}}});
      Choices choices(seed);
      for (int i = 0; i < 60; ++i) {
        of.after(choices.one_in(9) ? hour : choices.below(4) * second);
        of.use(choices.below(8), limit, kind.burst);
        const meters::Room room = told(of, kind);
        if (room.left > 0) CHECK(fits(of, kind, room.left));
        CHECK_FALSE(fits(of, kind, room.left + 1));
      }
    }
  }
}

TEST_CASE("all is left again when the time has passed, and not before") {
  for (const Kept& kind : kinds) {
    CAPTURE(static_cast<int>(kind.meter.window.kind));
    const meters::Amount most = kind.burst.value_or(limit);
    Metering of({kind.meter}, {{0, kind.strict, {}}});
    REQUIRE(of.use(4, limit, kind.burst));
    of.after(second);
    REQUIRE(of.use(1, limit, kind.burst));
    const int64_t reset = told(of, kind).reset;
    if (reset == meters::never) {
      CHECK(kind.meter.window.kind == Kind::ever);
      continue;
    }
    of.after(reset - 1);
    CHECK(told(of, kind).left < most);
    of.after(1);
    CHECK(told(of, kind).left == most);
  }
}

TEST_CASE("an admitted request tells what is left after it") {
  Metering of({meter_of(Measure::tokens, sliding(minute))}, {{0, true, {}}});
  meters::Reservation first, second_;
  REQUIRE(of.admit(30, limit, first));
  CHECK(of.verdict.rooms[0].left == 10);
  CHECK_FALSE(of.admit(11, limit, second_));
  CHECK(of.verdict.rooms[0].left == 10);
  meters::Amount used = 5;
  of.meters->settle(first, {&used, 1});
  REQUIRE(of.admit(11, limit, second_));
  CHECK(of.verdict.rooms[0].left == 24);
}

TEST_CASE("slots that are taken are not left") {
  Metering of({meter_of(Measure::concurrent, calendar(Kind::ever))}, {{0, false, {}}});
  meters::Reservation one, two;
  REQUIRE(of.admit(1, 2, one));
  CHECK(of.verdict.rooms[0].left == 1);
  REQUIRE(of.admit(1, 2, two));
  CHECK(of.verdict.rooms[0].left == 0);
  CHECK(of.verdict.rooms[0].reset == meters::never);
}

}  // namespace aipol::testing
