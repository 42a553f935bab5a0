// What a request pays for its limits: nanoseconds to reserve and settle, by one thread and by two.
// Usage: bench_meters
#include <fmt/format.h>

#include <ctime>
#include <thread>

#include "runtime/meters/key.h"
#include "tests/support/metering.h"

namespace aipol::testing {

namespace {

using Kind = plan::Window::Kind;
using plan::Measure;

// Of this thread alone: other work on the machine counts only by the caches it takes.
double thread_ns() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

struct Case {
  const char* name;
  std::vector<plan::Meter> meters;
  bool strict = false;
  uint32_t keys = 10'000;
};

constexpr uint32_t rounds = 400'000;
constexpr uint32_t in_flight = 16;

// Each thread has requests in flight and its clock goes on by a microsecond a request.
double work(Metering& world, const Case& bench, uint64_t seed) {
  std::vector<std::string> keys;
  for (uint32_t i = 0; i < bench.keys; ++i) keys.push_back(fmt::format("application-{:08}", i));
  std::vector<meters::Reservation> held(in_flight);
  std::vector<meters::Charge> charges(bench.meters.size());
  std::vector<meters::Ask> asks(bench.meters.size());
  std::vector<meters::Amount> used(bench.meters.size(), 90);
  meters::Verdict verdict;
  double start = thread_ns();
  for (uint32_t round = 0; round < rounds; ++round) {
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    const std::string& key = keys[(seed >> 33) % keys.size()];
    for (uint32_t i = 0; i < charges.size(); ++i) {
      charges[i] = {i, key, 100};
      asks[i] = {i, i, int64_t{1} << 40, {}, i};
    }
    meters::Reservation& mine = held[round % in_flight];
    if (mine.holds()) world.meters->settle(mine, used);
    world.meters->reserve(charges, asks, mine, verdict);
    world.after(1000);
  }
  return (thread_ns() - start) / rounds;
}

void run(const Case& bench) {
  std::vector<meters::Limit> limits;
  for (uint32_t i = 0; i < bench.meters.size(); ++i)
    limits.push_back({i, bench.strict, int64_t{1} << 40});
  std::vector<meters::Reads> reads(bench.meters.size(), {bench.strict, false});
  Metering alone(bench.meters, limits, reads), shared(bench.meters, limits, reads);
  double one = work(alone, bench, 1);
  double two[2];
  std::thread other([&] { two[0] = work(shared, bench, 2); });
  two[1] = work(shared, bench, 3);
  other.join();
  fmt::print("{:44} {:6.0f} ns  {:6.0f} ns  {:8} counters\n", bench.name, one,
             (two[0] + two[1]) / 2, alone.store.size());
}

}  // namespace

int main() {
  fmt::print("{:44} {:>9}  {:>9}\n", "reserve and settle", "1 thread", "2 threads");
  plan::Meter tokens = meter_of(Measure::tokens, calendar(Kind::minute));
  plan::Meter month = meter_of(Measure::usd, calendar(Kind::month), "Europe/Berlin");
  plan::Meter slots = meter_of(Measure::concurrent, calendar(Kind::ever));
  run({"tokens per minute, 10,000 keys", {tokens}});
  run({"tokens per minute, one key", {tokens}, false, 1});
  run({"tokens per minute strict, 10,000 keys", {tokens}, true});
  run({"tokens per minute strict, one key", {tokens}, true, 1});
  run({"usd per month, 10,000 keys", {month}});
  run({"tokens, usd and concurrent, 10,000 keys", {tokens, month, slots}});
  return 0;
}

}  // namespace aipol::testing

int main() { return aipol::testing::main(); }
