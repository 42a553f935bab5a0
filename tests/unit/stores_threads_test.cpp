// 64 threads and one budget, on every store.
#include <doctest/doctest.h>

#include "runtime/stores/stores.h"
#include "tests/support/hammer.h"
#include "tests/support/needs_redis.h"
#include "tests/support/scratch_folder.h"

namespace aipol::testing {

namespace {

void run(const std::vector<meters::Store*>& gateways, int threads, int rounds, int64_t budget) {
  Ledger ledger;
  std::atomic<int64_t> in_flight{0}, most_in_flight{0};
  std::vector<std::unique_ptr<Metering>> worlds;
  for (meters::Store* store : gateways)
    worlds.push_back(std::make_unique<Metering>(hammered_meters(), hammered_limits(),
                                                std::vector<meters::Reads>(), store));
  std::vector<std::thread> running;
  for (size_t i = 0; i < worlds.size(); ++i)
    running.emplace_back([&, i] {
      hammer(*worlds[i]->meters, threads, rounds, budget, ledger, in_flight, most_in_flight, i + 1);
    });
  for (auto& thread : running) thread.join();
  for (auto& world : worlds) check_ledger(*world->meters, ledger);
  CHECK(ledger.tokens <= budget);
  CHECK(ledger.tokens > budget - 7);
  CHECK(ledger.away == 0);
  CHECK(ledger.refused > 0);
  CHECK(most_in_flight <= hammered_slots);
}

stores::Options options(plan::State state, const ScratchFolder& folder) {
  stores::Options options;
  options.state = std::move(state);
  options.folder = folder.path();
  options.patience = std::chrono::seconds(10);
  options.report = [](const std::string& text) { FAIL_CHECK(text); };
  return options;
}

}  // namespace

TEST_CASE("64 threads hold a budget, and counters equal the ledger") {
  ScratchFolder folder;
  SystemClock clock;
  SUBCASE("in memory") {
    auto stores = std::move(*stores::open({}, clock));
    run({&stores->counters()}, 64, 200, 2000);
  }
  SUBCASE("in SQLite, and after a restart") {
    stores::Options opened = options({plan::State::Kind::sqlite, "state.db"}, folder);
    opened.window = std::chrono::milliseconds(1);
    auto stores = std::move(*stores::open(opened, clock));
    run({&stores->counters()}, 64, 200, 2000);
    stores.reset();
    stores = std::move(*stores::open(opened, clock));
    Metering world(hammered_meters(), hammered_limits(), {}, &stores->counters());
    CHECK(world.meters->read(0, "all").used > 2000 - 7);
    CHECK(world.meters->read(2, "all").used == 0);
  }
  SUBCASE("on Redis") {
    if (no_redis()) return;
    RedisServer server;
    auto stores = std::move(
        *stores::open(options({plan::State::Kind::redis, server.address()}, folder), clock));
    run({&stores->counters()}, 64, 60, 400);
    // What waits for one round trip goes together in the next.
    stores::Statistics statistics = stores->statistics();
    CHECK(statistics.transactions > 2 * statistics.round_trips);
    CHECK(statistics.conflicts <= 4);
  }
  SUBCASE("two gateways on one Redis") {
    if (no_redis()) return;
    RedisServer server;
    stores::Options opened = options({plan::State::Kind::redis, server.address()}, folder);
    auto one = std::move(*stores::open(opened, clock));
    auto two = std::move(*stores::open(opened, clock));
    run({&one->counters(), &two->counters()}, 32, 60, 400);
    CHECK(one->statistics().conflicts + two->statistics().conflicts > 0);
  }
}

}  // namespace aipol::testing
