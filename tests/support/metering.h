// Meters with a clock and a store of their own, for tests and benchmarks.
#pragma once

#include <memory>
#include <vector>

#include "runtime/meters/memory_store.h"
#include "runtime/meters/meters.h"

namespace aipol::testing {

inline constexpr int64_t second = 1'000'000'000;
inline constexpr int64_t minute = 60 * second;
inline constexpr int64_t hour = 60 * minute;
inline constexpr int64_t day = 24 * hour;

inline plan::Meter meter_of(plan::Measure measure, plan::Window window, const char* zone = "UTC") {
  plan::Meter meter;
  meter.measure = measure;
  meter.window = window;
  meter.zone = zone;
  return meter;
}

inline plan::Window sliding(int64_t nanoseconds) {
  return {plan::Window::Kind::sliding, nanoseconds};
}
inline plan::Window calendar(plan::Window::Kind kind) { return {kind, 0}; }

// Counts in a store of its own unless another is given.
struct Metering {
  explicit Metering(std::vector<plan::Meter> declared, std::vector<meters::Limit> limits = {},
                    std::vector<meters::Reads> reads = {}, meters::Store* elsewhere = nullptr) {
    for (size_t i = 0; i < declared.size(); ++i) declared[i].name = "m" + std::to_string(i);
    reads.resize(declared.size(), {true, true});
    meters = std::move(meters::Meters::make(declared, reads, limits, clock,
                                            elsewhere != nullptr ? *elsewhere : store)
                           .value());
  }

  // One charge to meter 0 against limit 0.
  bool admit(meters::Amount amount, meters::Amount limit, meters::Reservation& held,
             std::optional<meters::Amount> burst = {}) {
    meters::Charge charge{0, "k", amount};
    meters::Ask ask{0, 0, limit, burst, 0};
    meters->reserve({&charge, 1}, {&ask, 1}, held, verdict);
    return verdict.admitted;
  }
  // The same, settled at once.
  bool use(meters::Amount amount, meters::Amount limit, std::optional<meters::Amount> burst = {}) {
    meters::Reservation held;
    if (!admit(amount, limit, held, burst)) return false;
    meters->settle(held, {&amount, 1});
    return true;
  }
  void after(int64_t nanoseconds) { clock.set(clock.now() + nanoseconds); }

  VirtualClock clock{1'772'366'400'000'000'000};  // 2026-03-01T12:00:00Z
  meters::MemoryStore store;
  std::unique_ptr<meters::Meters> meters;
  meters::Verdict verdict;
};

}  // namespace aipol::testing
