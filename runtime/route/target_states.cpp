#include "runtime/route/target_states.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <vector>

#include "base/check.h"
#include "base/saturate.h"

namespace aipol::route {

namespace {

constexpr size_t kept = 100;
constexpr int64_t kept_for = 300'000'000'000;

// The last attempts that ended, in a ring.
class History {
 public:
  void add(int64_t time, int64_t latency, bool failed) {
    all_[next_ % kept] = {time, latency, failed};
    ++next_;
  }

  void read(int64_t now, TargetState& state) const {
    std::array<int64_t, kept> latencies;
    size_t answered = 0, failed = 0;
    for (size_t i = 0; i < std::min(next_, kept); ++i) {
      if (now - all_[i].time > kept_for) continue;
      if (all_[i].failed)
        ++failed;
      else
        latencies[answered++] = all_[i].latency;
    }
    if (answered + failed > 0)
      state.error_rate = static_cast<double>(failed) / static_cast<double>(answered + failed);
    if (answered == 0) return;
    // The nearest rank: the least latency that 95% do not pass.
    auto rank = latencies.begin() + static_cast<ptrdiff_t>((answered * 95 + 99) / 100 - 1);
    std::nth_element(latencies.begin(), rank, latencies.begin() + static_cast<ptrdiff_t>(answered));
    state.latency_p95 = *rank;
  }

 private:
  struct Ended {
    int64_t time;
    int64_t latency;
    bool failed;
  };
  std::array<Ended, kept> all_{};
  size_t next_ = 0;
};

}  // namespace

Circuit circuit(const TargetState& state, const Breaker& breaker, int64_t now) {
  if (breaker.failures == 0 || state.failures < breaker.failures) return Circuit::closed;
  if (now < saturating_add(state.last_failure, breaker.pause)) return Circuit::open;
  return state.probed ? Circuit::open : Circuit::half_open;
}

struct alignas(64) TargetStates::Target {
  mutable std::mutex mutex;
  History history;
  Given given;
  int64_t in_flight = 0;
  uint32_t failures = 0;  // in a row
  int64_t last_failure = 0;
  uint64_t failed_ever = 0;
  int64_t begun_since = 0;  // in flight that were begun after the last failure

  void note_failure(int64_t now) {
    failures = failures == ~0u ? failures : failures + 1;
    last_failure = now;
    ++failed_ever;
    begun_since = 0;
  }
};

TargetStates::TargetStates(uint32_t targets, const Clock& clock, bool measured)
    : clock_(clock), count_(targets), measured_(measured), targets_(new Target[targets]) {}
TargetStates::~TargetStates() = default;

TargetStates::Target& TargetStates::at(uint32_t target) const {
  AIPOL_CHECK(target < count_, "every target has a state");
  return targets_[target];
}

Attempt TargetStates::begin(uint32_t number) {
  Target& target = at(number);
  std::lock_guard lock(target.mutex);
  ++target.in_flight;
  ++target.begun_since;
  return {number, target.failed_ever};
}

void TargetStates::finish(const Attempt& attempt, Outcome outcome, int64_t latency) {
  Target& target = at(attempt.target);
  int64_t now = clock_.now();
  std::lock_guard lock(target.mutex);
  --target.in_flight;
  if (attempt.failed_before == target.failed_ever) --target.begun_since;
  if (outcome == Outcome::canceled) return;
  if (measured_) target.history.add(now, latency, outcome == Outcome::failed);
  if (outcome == Outcome::failed)
    target.note_failure(now);
  else
    target.failures = 0;
}

TargetState TargetStates::state(uint32_t number) const {
  const Target& target = at(number);
  int64_t now = clock_.now();
  std::lock_guard lock(target.mutex);
  TargetState state;
  if (measured_) target.history.read(now, state);
  state.in_flight = target.given.in_flight.value_or(target.in_flight);
  state.failures = target.failures;
  state.last_failure = target.last_failure;
  state.probed = target.failures > 0 && target.begun_since > 0;
  state.healthy = target.given.healthy.value_or(circuit(state, health, now) != Circuit::open);
  state.latency_p95 = target.given.latency_p95.value_or(state.latency_p95);
  state.error_rate = target.given.error_rate.value_or(state.error_rate);
  return state;
}

void TargetStates::give(uint32_t number, const Given& given) {
  Target& target = at(number);
  std::lock_guard lock(target.mutex);
  if (given.healthy) target.given.healthy = given.healthy;
  if (given.latency_p95) target.given.latency_p95 = given.latency_p95;
  if (given.error_rate) target.given.error_rate = given.error_rate;
  if (given.in_flight) target.given.in_flight = given.in_flight;
}

}  // namespace aipol::route
