// Many threads against one budget: random cancels, failures and settlements, and a ledger of what
// was used.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/choices.h"
#include "tests/support/metering.h"

namespace aipol::testing {

struct Ledger {
  std::mutex mutex;
  std::map<std::string, int64_t> spent;  // by key
  int64_t tokens = 0, admitted = 0, refused = 0, away = 0;
};

inline std::vector<plan::Meter> hammered_meters() {
  using Kind = plan::Window::Kind;
  return {meter_of(plan::Measure::tokens, calendar(Kind::ever)),
          meter_of(plan::Measure::usd, calendar(Kind::ever)),
          meter_of(plan::Measure::concurrent, calendar(Kind::ever))};
}
inline std::vector<meters::Limit> hammered_limits() {
  return {{0, false, {}}, {1, false, {}}, {2, false, {}}};
}

constexpr int64_t hammered_slots = 24;

// Each request reserves of one budget of tokens that all share, of one of its key, and a slot.
inline void hammer(meters::Meters& meters, int threads, int rounds, int64_t budget, Ledger& ledger,
                   std::atomic<int64_t>& in_flight, std::atomic<int64_t>& most_in_flight,
                   uint64_t seed) {
  auto work = [&](uint64_t number) {
    Choices choices(number);
    meters::Reservation held;
    meters::Verdict verdict;
    for (int i = 0; i < rounds; ++i) {
      int64_t estimate = 1 + choices.below(6);
      std::string key = "k" + std::to_string(choices.below(3));
      meters::Charge charges[] = {{0, "all", estimate}, {1, key, 3}, {2, "all", 1}};
      meters::Ask asks[] = {
          {0, 0, budget, {}, 0}, {1, 1, budget * 3, {}, 1}, {2, 2, hammered_slots, {}, 2}};
      meters.reserve(charges, asks, held, verdict);
      {
        std::lock_guard lock(ledger.mutex);
        ledger.admitted += verdict.admitted;
        ledger.away += verdict.away;
        ledger.refused += !verdict.admitted && !verdict.away;
      }
      if (!verdict.admitted || !held.holds()) continue;
      int64_t now = ++in_flight;
      for (int64_t seen = most_in_flight; now > seen;)
        most_in_flight.compare_exchange_weak(seen, now);
      if (choices.one_in(8)) std::this_thread::yield();
      --in_flight;
      if (choices.one_in(3)) {
        meters.release(held);
        continue;
      }
      meters::Amount used[] = {choices.below(static_cast<uint32_t>(estimate) + 1), 3, 1};
      meters.settle(held, used);
      std::lock_guard lock(ledger.mutex);
      ledger.tokens += used[0];
      ledger.spent[key] += 3;
    }
  };
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i) running.emplace_back(work, seed * 1000 + i);
  for (auto& thread : running) thread.join();
}

inline void check_ledger(meters::Meters& meters, Ledger& ledger) {
  CHECK(meters.read(0, "all").used == ledger.tokens);
  CHECK(meters.read(2, "all").used == 0);
  for (const char* key : {"k0", "k1", "k2"}) CHECK(meters.read(1, key).used == ledger.spent[key]);
}

}  // namespace aipol::testing
