#include <doctest/doctest.h>

#include <cmath>

#include "base/civil.h"
#include "runtime/meters/key.h"
#include "tests/support/metering.h"

namespace aipol::testing {

using Kind = plan::Window::Kind;
using meters::never;
using plan::Measure;

TEST_CASE("a bucket is refilled evenly") {
  Metering world({meter_of(Measure::tokens, calendar(Kind::minute))}, {{0, false, {}}});
  CHECK(world.use(100'000, 100'000));
  CHECK_FALSE(world.use(2'000, 100'000));
  CHECK(world.verdict.retry_after == 1'200'000'000);
  world.after(1'199'999'999);
  CHECK_FALSE(world.use(2'000, 100'000));
  world.after(1);
  CHECK(world.use(2'000, 100'000));
}

TEST_CASE("a bucket holds the burst") {
  Metering world({meter_of(Measure::tokens, calendar(Kind::minute))}, {{0, false, {}}});
  CHECK_FALSE(world.use(20'001, 100'000, 20'000));
  CHECK(world.verdict.retry_after == never);
  CHECK(world.use(20'000, 100'000, 20'000));
  CHECK_FALSE(world.use(1, 100'000, 20'000));
  world.after(12 * second);
  CHECK(world.use(20'000, 100'000, 20'000));
}

TEST_CASE("a strict limit is a sliding bound") {
  Metering world({meter_of(Measure::requests, calendar(Kind::minute))}, {{0, true, {}}});
  CHECK(world.use(6, 10));
  world.after(30 * second);
  CHECK(world.use(4, 10));
  CHECK_FALSE(world.use(1, 10));
  CHECK(world.verdict.retry_after == 30 * second);
  CHECK_FALSE(world.use(7, 10));
  CHECK(world.verdict.retry_after == 60 * second);
  world.after(30 * second - 1);
  CHECK_FALSE(world.use(1, 10));
  world.after(1);
  CHECK(world.use(6, 10));
}

TEST_CASE("days and longer turn with the calendar of their zone") {
  Metering world({meter_of(Measure::usd, calendar(Kind::month), "Europe/Berlin")},
                 {{0, false, {}}});
  world.clock.set(*parse_time("2026-03-31T21:59:59Z"));
  CHECK(world.use(1000, 1000));
  CHECK_FALSE(world.use(1, 1000));
  CHECK(world.verdict.retry_after == second);
  CHECK(world.use(0, 1000));  // what costs nothing passes no budget
  world.after(second);
  CHECK(world.meters->read(0, "k").used == 0);
  CHECK(world.use(1000, 1000));
  CHECK_FALSE(world.use(1001, 1000));
  CHECK(world.verdict.retry_after == never);
}

TEST_CASE("ever does not end") {
  Metering world({meter_of(Measure::requests, calendar(Kind::ever))}, {{0, false, {}}});
  CHECK(world.use(1, 1));
  world.after(1000 * day);
  CHECK_FALSE(world.use(1, 1));
  CHECK(world.verdict.retry_after == never);
}

TEST_CASE("slots come free at the end") {
  Metering world({meter_of(Measure::concurrent, calendar(Kind::ever))}, {{0, false, {}}});
  meters::Reservation a, b, c;
  CHECK(world.admit(1, 2, a));
  CHECK(world.admit(1, 2, b));
  CHECK_FALSE(world.admit(1, 2, c));
  CHECK(world.meters->read(0, "k").used == 2);
  world.meters->release(a);
  CHECK(world.admit(1, 2, c));
  meters::Amount one = 1;
  world.meters->settle(b, {&one, 1});
  CHECK(world.meters->read(0, "k").used == 1);
  {
    meters::Reservation gone = std::move(c);
  }
  CHECK(world.meters->read(0, "k").used == 0);
}

TEST_CASE("what is estimated at nothing still needs room") {
  Metering world({meter_of(Measure::tokens, sliding(minute))}, {{0, false, {}}});
  CHECK(world.use(0, 10));
  CHECK(world.use(10, 10));
  CHECK_FALSE(world.use(0, 10));
}

TEST_CASE("settling puts what was used in the place of the estimate") {
  for (bool strict : {false, true}) {
    Metering world({meter_of(Measure::tokens, sliding(minute))}, {{0, strict, {}}});
    meters::Reservation held;
    CHECK(world.admit(60, 100, held));
    CHECK_FALSE(world.use(50, 100));
    meters::Amount less = 20;
    world.meters->settle(held, {&less, 1});
    CHECK(world.meters->read(0, "k").used == 20);
    CHECK(world.use(50, 100));
    CHECK(world.admit(30, 100, held));
    meters::Amount more = 90;
    world.meters->settle(held, {&more, 1});
    CHECK(world.meters->read(0, "k").used == 160);
    CHECK_FALSE(world.use(1, 100));
  }
}

TEST_CASE("a late return does not fill a bucket twice") {
  // With 10 a 10 s: had the first never been made, 5 would be left at the end; not 10.
  Metering world({meter_of(Measure::requests, sliding(10 * second))}, {{0, false, {}}});
  meters::Reservation first;
  CHECK(world.admit(10, 10, first));
  world.after(5 * second);
  CHECK(world.use(5, 10));
  world.meters->release(first);
  CHECK_FALSE(world.use(6, 10));
  CHECK(world.use(5, 10));
}

TEST_CASE("a charge counts in the window that admitted it") {
  Metering world({meter_of(Measure::usd, calendar(Kind::day))}, {{0, false, {}}});
  meters::Reservation held;
  CHECK(world.admit(80, 100, held));
  world.after(12 * hour);
  CHECK(world.meters->read(0, "k").used == 0);
  meters::Amount used = 90;
  world.meters->settle(held, {&used, 1});
  CHECK(world.meters->read(0, "k").used == 0);
  CHECK(world.meters->read(0, "k").average == 90);
}

TEST_CASE(
    "all limits admit or none is charged; the smallest rank answers, the longest wait counts") {
  Metering world(
      {meter_of(Measure::requests, sliding(minute)), meter_of(Measure::tokens, calendar(Kind::day)),
       meter_of(Measure::concurrent, calendar(Kind::ever))},
      {{0, false, {}}, {1, false, {}}, {2, false, {}}});
  meters::Charge charges[] = {{0, "a", 1}, {1, "b", 70}, {2, "a", 1}};
  meters::Ask asks[] = {{0, 0, 1, {}, 7}, {1, 1, 100, {}, 3}, {2, 2, 9, {}, 1}};
  meters::Reservation first, second_one;
  world.meters->reserve(charges, asks, first, world.verdict);
  CHECK(world.verdict.admitted);
  world.meters->reserve(charges, asks, second_one, world.verdict);
  CHECK_FALSE(world.verdict.admitted);
  CHECK_FALSE(second_one.holds());
  REQUIRE(world.verdict.refused.size() == 2);
  CHECK(world.verdict.refusing == 1);
  CHECK(world.verdict.retry_after == 12 * hour);
  CHECK(world.meters->read(0, "a").used == 1);
  CHECK(world.meters->read(1, "b").used == 70);
  CHECK(world.meters->read(2, "a").used == 1);
}

TEST_CASE("limits of shadow policies refuse nothing") {
  auto shadow = meter_of(Measure::requests, sliding(minute));
  shadow.shadow = true;
  Metering world({meter_of(Measure::requests, sliding(minute)), shadow},
                 {{0, false, {}}, {1, false, {}}});
  meters::Charge charges[] = {{0, "a", 1}, {1, "a", 1}};
  meters::Ask asks[] = {{0, 0, 9, {}, 0}, {1, 1, 1, {}, 1}};
  for (int i = 0; i < 2; ++i) {
    meters::Reservation held;
    world.meters->reserve(charges, asks, held, world.verdict);
    CHECK(world.verdict.admitted);
    CHECK(world.verdict.shadow.size() == static_cast<size_t>(i));
    meters::Amount ones[] = {1, 1};
    world.meters->settle(held, ones);
  }
  CHECK(world.meters->read(0, "a").used == 2);
  CHECK(world.meters->read(1, "a").used == 1);  // as if it had refused
}

TEST_CASE("a running request takes more only where limits allow") {
  Metering world({meter_of(Measure::tokens, sliding(minute))}, {{0, false, {}}});
  meters::Ask ask{0, 0, 100, {}, 0};
  meters::Reservation held;
  CHECK(world.admit(10, 100, held));
  CHECK(world.use(50, 100));
  auto extend = [&](meters::Amount to) { return world.meters->extend(held, {&to, 1}, {&ask, 1}); };
  CHECK(extend(50));
  CHECK_FALSE(extend(51));
  CHECK(extend(20));  // it has more
  CHECK(world.meters->read(0, "k").used == 100);
  world.meters->release(held);
  CHECK(world.meters->read(0, "k").used == 50);
}

TEST_CASE("past windows are compared with") {
  for (plan::Window window : {sliding(hour), calendar(Kind::hour)}) {
    Metering world({meter_of(Measure::requests, window)});
    auto count = [&](int n) { CHECK(world.meters->count(0, "k", n)); };
    for (int n : {10, 20, 30}) {
      CHECK(world.meters->read(0, "k").zscore == 0);
      count(n);
      world.after(hour);
    }
    count(40);
    auto reading = world.meters->read(0, "k");
    CHECK(reading.used == 40);
    CHECK(reading.average == 20);
    CHECK(reading.zscore == doctest::Approx(20 / std::sqrt(200.0 / 3)));
    world.after(2 * hour);  // one window in which nothing was counted
    CHECK(world.meters->read(0, "k").average == 20);
    CHECK(world.meters->read(0, "other").average == 0);
    world.after(31 * hour);
    CHECK(world.meters->read(0, "k").average == 0);
    CHECK(world.meters->read(0, "k").zscore == 0);
  }
}

TEST_CASE("totals saturate on the side of refusing") {
  for (bool strict : {false, true}) {
    Metering world({meter_of(Measure::usd, sliding(365 * day))}, {{0, strict, int_max}});
    CHECK(world.meters->count(0, "k", int_max));
    CHECK(world.meters->count(0, "k", int_max));
    CHECK(world.meters->read(0, "k").used == int_max);
    CHECK_FALSE(world.use(1, int_max));
    CHECK_FALSE(world.use(int_max, 1));
  }
  CHECK(meters::amount_of(1e300) == int_max);
  CHECK(meters::amount_of(std::nan("")) == 0);
  CHECK(meters::real_of(meters::amount_of(0.000123)) == 0.000123);
}

TEST_CASE("keys are equal where their values are") {
  auto key = [](std::initializer_list<std::string_view> texts) {
    std::string bytes;
    for (std::string_view text : texts)
      meters::append_key(bytes, {reinterpret_cast<uint64_t>(text.data()), text.size()},
                         plan::Rep::text);
    return bytes;
  };
  CHECK(key({"ab", "c"}) != key({"a", "bc"}));
  CHECK(key({"", ""}) != key({""}));
  CHECK(key({"ab", "c"}) == key({"ab", "c"}));
  std::string zero, minus_zero;
  meters::append_key(zero, {0, 0}, plan::Rep::real);
  meters::append_key(minus_zero, {uint64_t{1} << 63, 0}, plan::Rep::real);
  CHECK(zero == minus_zero);
}

}  // namespace aipol::testing
