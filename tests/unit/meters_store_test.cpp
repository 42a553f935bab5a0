#include <doctest/doctest.h>

#include <fmt/format.h>

#include <atomic>
#include <thread>

#include "tests/support/choices.h"
#include "tests/support/metering.h"

namespace aipol::testing {

using Kind = plan::Window::Kind;
using plan::Measure;

TEST_CASE("counters that matter no more are dropped, others stay") {
  Metering world(
      {meter_of(Measure::requests, sliding(minute)), meter_of(Measure::usd, calendar(Kind::ever)),
       meter_of(Measure::concurrent, calendar(Kind::ever))},
      {}, {{true, false}, {true, false}, {true, false}});
  meters::Charge charge{2, "held", 1};
  meters::Reservation held;
  world.meters->reserve({&charge, 1}, {}, held, world.verdict);
  for (int i = 0; i < 1000; ++i) CHECK(world.meters->count(0, fmt::format("key {}", i), 1));
  CHECK(world.meters->count(1, "k", 1));
  CHECK(world.store.size() == 1002);
  world.after(minute - 1);
  world.meters->sweep();
  CHECK(world.store.size() == 1002);
  world.after(1);
  world.meters->sweep();
  CHECK(world.store.size() == 2);
  world.meters->release(held);
  world.meters->sweep();
  CHECK(world.store.size() == 1);
  CHECK(world.meters->read(1, "k").used == 1);
}

TEST_CASE("memory follows the keys in use without a sweep") {
  Metering world({meter_of(Measure::requests, sliding(minute))}, {{0, false, 10}},
                 {{false, false}});
  for (int i = 0; i < 100'000; ++i) {
    world.after(minute / 100);
    CHECK(world.meters->count(0, fmt::format("key {}", i), 10));
  }
  CHECK(world.store.size() < 2000);
  CHECK(world.store.bytes() < 2'000'000);
}

TEST_CASE("a full store refuses new keys and keeps the old") {
  VirtualClock clock{0};
  meters::MemoryStore store(1 << 20);
  plan::Meter meter = meter_of(Measure::requests, calendar(Kind::ever));
  meters::Reads reads{true, false};
  auto meters = std::move(meters::Meters::make({&meter, 1}, {&reads, 1}, {}, clock, store).value());
  int counted = 0;
  for (int i = 0; i < 20'000; ++i) counted += meters->count(0, fmt::format("key {}", i), 1);
  CHECK(counted > 1000);
  CHECK(counted < 20'000);
  CHECK(store.bytes() < (1 << 20) + 64 * 1024);
  CHECK(meters->count(0, "key 0", 1));
  CHECK(meters->read(0, "key 0").used == 2);
  meters::Charge charge{0, "another", 1};
  meters::Reservation held;
  meters::Verdict verdict;
  bool refused = false;
  for (int i = 0; i < 200 && !refused; ++i) {
    std::string key = fmt::format("another {}", i);
    charge.key = key;
    meters->reserve({&charge, 1}, {}, held, verdict);
    refused = verdict.full && !verdict.admitted && !held.holds();
  }
  CHECK(refused);
  CHECK_FALSE(meters->count(0, std::string(meters::Store::longest_key + 1, 'x'), 1));
}

TEST_CASE("a new version of a set goes on with the counts") {
  Metering world({meter_of(Measure::requests, calendar(Kind::day))}, {{0, false, {}}});
  meters::Reservation held;
  CHECK(world.admit(1, 2, held));
  plan::Meter declared[] = {meter_of(Measure::usd, calendar(Kind::day)),
                            meter_of(Measure::requests, calendar(Kind::day))};
  declared[0].name = "new";
  declared[1].name = "m0";
  meters::Reads reads[] = {{true, true}, {true, true}};
  meters::Limit limits[] = {{1, false, {}}};
  auto next =
      std::move(meters::Meters::make(declared, reads, limits, world.clock, world.store).value());
  CHECK(next->read(1, "k").used == 1);
  world.meters->release(held);
  CHECK(next->read(1, "k").used == 0);
}

TEST_CASE("where the clock is set back, time stands still") {
  Metering world({meter_of(Measure::requests, sliding(minute))}, {{0, true, {}}});
  CHECK(world.use(1, 1));
  world.after(-hour);
  CHECK_FALSE(world.use(1, 1));
  world.after(hour + minute);
  CHECK(world.use(1, 1));
}

TEST_CASE("the log of a busy window is bounded and never short") {
  Metering world({meter_of(Measure::requests, sliding(hour))}, {{0, true, {}}}, {{true, false}});
  const int64_t step = hour / 1'000'000;
  for (int i = 0; i < 300'000; ++i) {
    world.after(step);
    REQUIRE(world.use(1, 1'000'000));
  }
  CHECK(world.meters->read(0, "k").used == 300'000);
  CHECK(world.store.bytes() < 4 << 20);
  // Half of them have left, the last of these at most a 32,768th of an hour ago.
  world.after(hour - 150'000 * step);
  int64_t used = world.meters->read(0, "k").used;
  CHECK(used >= 150'000);
  CHECK(used <= 150'000 + 1'000'000 / 32'768 + 1);
  world.after(150'000 * step);
  CHECK(world.meters->read(0, "k").used == 0);
}

TEST_CASE("a bucket with a long open request is bounded and never too full") {
  // While the first stays open, 10 a second come and go: half of what refills.
  Metering world({meter_of(Measure::requests, sliding(second))}, {{0, false, {}}},
                 {{false, false}});
  meters::Reservation open;
  CHECK(world.admit(1, 20, open));
  for (int i = 0; i < 20'000; ++i) {
    world.after(second / 10);
    meters::Reservation held;
    REQUIRE(world.admit(2, 20, held));
    meters::Amount used = 1;
    world.meters->settle(held, {&used, 1});
  }
  CHECK(world.store.bytes() < 100'000);
}

TEST_CASE("a bucket with very many open requests lacks at most a 128th, and has nothing too much") {
  constexpr int64_t most = 64'000;
  Metering world({meter_of(Measure::tokens, sliding(minute))}, {{0, false, {}}}, {{false, false}});
  std::vector<meters::Reservation> open(3000);
  for (auto& held : open) {
    world.after(minute / 64'000);
    REQUIRE(world.admit(10, most, held));
  }
  meters::Amount used = 5;
  for (size_t i = 0; i < open.size(); ++i)
    world.meters->settle(open[(i * 7) % open.size()], {&used, 1});
  // 5 of each are used; 1 comes back in each step between them.
  const int64_t room = most - (3000 * 5 - 2999);
  CHECK_FALSE(world.use(room + 1, most));
  CHECK(world.use(room - most / 128, most));
}

TEST_CASE("threads together never pass a limit") {
  constexpr int64_t most = 500;
  Metering world(
      {meter_of(Measure::tokens, calendar(Kind::day)), meter_of(Measure::requests, sliding(hour)),
       meter_of(Measure::concurrent, calendar(Kind::ever)),
       meter_of(Measure::usd, calendar(Kind::ever))},
      {{0, false, {}}, {1, true, {}}, {2, false, {}}});
  std::atomic<int64_t> in_flight{0}, most_in_flight{0}, settled{0}, ledger{0}, admitted{0};
  auto work = [&](uint64_t seed) {
    Choices choices(seed);
    meters::Reservation held;
    meters::Verdict verdict;
    for (int i = 0; i < 4000; ++i) {
      int64_t estimate = 1 + choices.below(5);
      std::string key = fmt::format("k{}", choices.below(3));
      meters::Charge charges[] = {{0, "all", estimate}, {1, key, 1}, {2, "all", 1}, {3, key, 7}};
      meters::Ask asks[] = {{0, 0, most, {}, 0}, {1, 1, 400, {}, 1}, {2, 2, 3, {}, 2}};
      world.meters->reserve(charges, asks, held, verdict);
      if (!verdict.admitted) continue;
      int64_t now = ++in_flight;
      for (int64_t seen = most_in_flight; now > seen;)
        most_in_flight.compare_exchange_weak(seen, now);
      if (choices.one_in(8)) std::this_thread::yield();
      bool failed = choices.one_in(3);
      meters::Amount used[] = {1 + choices.below(static_cast<uint32_t>(estimate)), 1, 1, 7};
      --in_flight;
      if (failed) {
        world.meters->release(held);
      } else {
        world.meters->settle(held, used);
        settled += used[0];
        ledger += 7;
        ++admitted;
      }
    }
  };
  std::vector<std::thread> threads;
  for (uint64_t i = 0; i < 4; ++i) threads.emplace_back(work, i + 1);
  for (auto& thread : threads) thread.join();
  CHECK(settled > most - 5);
  CHECK(settled <= most);
  CHECK(most_in_flight <= 3);
  CHECK(world.meters->read(0, "all").used == settled);
  CHECK(world.meters->read(2, "all").used == 0);
  int64_t requests = 0, usd = 0;
  for (const char* key : {"k0", "k1", "k2"}) {
    CHECK(world.meters->read(1, key).used <= 400);
    requests += world.meters->read(1, key).used;
    usd += world.meters->read(3, key).used;
  }
  CHECK(requests == admitted);
  CHECK(usd == ledger);
}

}  // namespace aipol::testing
