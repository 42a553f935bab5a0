// What a request pays for where its counters are kept: reserve and settle of one limit, as wall
// time of a request and requests a second of all threads, beside memory in the same run. Redis is
// one of its own on this machine, so that the network costs nothing. Usage: bench_stores [SECONDS]
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <thread>

#include "runtime/stores/stores.h"
#include "tests/support/metering.h"
#include "tests/support/redis_server.h"

namespace aipol::testing {

namespace {

using steady = std::chrono::steady_clock;

double seconds_since(steady::time_point start) {
  return std::chrono::duration<double>(steady::now() - start).count();
}

// Keys are 10,000; or one, that all threads share.
void work(meters::Meters& meters, const std::vector<std::string>& keys, uint64_t seed,
          const std::atomic<bool>& over, std::atomic<uint64_t>& requests) {
  meters::Reservation held;
  meters::Verdict verdict;
  uint64_t done = 0;
  while (!over.load(std::memory_order_relaxed)) {
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    meters::Charge charge{0, keys[(seed >> 33) % keys.size()], 100};
    meters::Ask ask{0, 0, int64_t{1} << 40, {}, 0};
    meters.reserve({&charge, 1}, {&ask, 1}, held, verdict);
    meters::Amount used = 90;
    meters.settle(held, {&used, 1});
    done += verdict.admitted;
  }
  requests += done;
}

double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

struct Cost {
  double rate = 0;  // requests a second
  double ns = 0;    // of the processor, a request
};

Cost measure(meters::Store& store, size_t threads, size_t key_count, double seconds) {
  Metering world({meter_of(plan::Measure::tokens, calendar(plan::Window::Kind::day))},
                 {{0, false, int64_t{1} << 40}}, {{true, false}}, &store);
  std::vector<std::string> keys;
  for (size_t i = 0; i < key_count; ++i) keys.push_back(fmt::format("application-{:08}", i));
  std::atomic<bool> over{false};
  std::atomic<uint64_t> requests{0};
  std::vector<std::thread> running;
  auto start = steady::now();
  double processor = processor_seconds();
  for (size_t i = 0; i < threads; ++i)
    running.emplace_back([&, i] { work(*world.meters, keys, i + 1, over, requests); });
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  over = true;
  for (auto& thread : running) thread.join();
  auto count = static_cast<double>(requests);
  return {count / seconds_since(start), (processor_seconds() - processor) * 1e9 / count};
}

void run(size_t threads, size_t keys, double seconds) {
  std::string folder = (std::filesystem::temp_directory_path() / "aipol-bench-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return;
  SystemClock clock;
  fmt::print("{} threads, {} keys\n", threads, keys);
  Cost memory;
  using State = plan::State;
  auto row = [&](const char* name, State state, std::chrono::milliseconds window) {
    stores::Options options;
    options.state = std::move(state);
    options.window = window;
    options.patience = std::chrono::seconds(10);
    options.folder = folder;
    auto stores = stores::open(options, clock);
    if (!stores) return fmt::print("  {}: {}\n", name, stores.error().message);
    Cost cost = measure((*stores)->counters(), threads, keys, seconds);
    if (memory.rate == 0) memory = cost;
    stores::Statistics all = (*stores)->statistics();
    fmt::print("  {:16} {:9.0f}/s {:7.3f} of memory   {:8.0f} ns {:7.2f} of memory", name,
               cost.rate, cost.rate / memory.rate, cost.ns, cost.ns / memory.ns);
    if (all.writes > 0) fmt::print("  {} writes", all.writes);
    if (all.round_trips > 0)
      fmt::print("  {:.1f} transactions a round trip, {} conflicts",
                 static_cast<double>(all.transactions) / static_cast<double>(all.round_trips),
                 all.conflicts);
    if (all.refused > 0) fmt::print("  {} refused", all.refused);
    fmt::print("\n");
  };
  constexpr std::chrono::milliseconds usual(100), short_window(10);
  row("memory", {}, usual);
  row("sqlite, 100 ms", {State::Kind::sqlite, "a.db"}, usual);
  row("sqlite, 10 ms", {State::Kind::sqlite, "b.db"}, short_window);
  std::filesystem::remove_all(folder);
  if (!RedisServer::installed()) return;
  RedisServer server;
  row("redis", {State::Kind::redis, server.address()}, usual);
}

}  // namespace

int main(int count, char** arguments) {
  double seconds = count > 1 ? std::atof(arguments[1]) : 2;
  for (size_t threads : {1, 64})
    for (size_t keys : {1, 10'000}) run(threads, keys, seconds);
  return 0;
}

}  // namespace aipol::testing

int main(int count, char** arguments) { return aipol::testing::main(count, arguments); }
