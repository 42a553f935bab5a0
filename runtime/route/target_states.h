// How targets (models at their providers) are doing: what policies read of `target`, and what
// breakers go by.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "base/clock.h"

namespace aipol::route {

// How an attempt ended. `canceled`: by the client; says nothing of the target.
enum class Outcome : uint8_t { answered, failed, canceled };

// `break after N failures for D`: closed while fewer than `failures` attempts in a row have failed.
// Then open until `pause` after the last failure. Then half open: one attempt at a time is let
// through; success closes it, failure opens it again.
struct Breaker {
  uint32_t failures = 0;  // 0: never breaks
  int64_t pause = 0;      // nanoseconds
};

// Of every target, routes aside: it is unhealthy after so many failures in a row, and may be tried
// again after the pause.
inline constexpr Breaker health{5, 30'000'000'000};

// The fields of `target`, and what breakers need.
struct TargetState {
  bool healthy = true;
  int64_t latency_p95 = 0;  // nanoseconds, of answers; 0 where none is known
  double error_rate = 0;    // 0 to 1
  int64_t in_flight = 0;
  uint32_t failures = 0;     // in a row, up to now
  int64_t last_failure = 0;  // nanoseconds since the epoch; where failures > 0
  bool probed = false;       // an attempt begun after the last failure is in flight
};

enum class Circuit : uint8_t { closed, open, half_open };
Circuit circuit(const TargetState& state, const Breaker& breaker, int64_t now);

struct Attempt {
  uint32_t target = 0;
  uint64_t failed_before = 0;  // attempts at the target, when this one began
};

// The states of all targets of a deployment, by number. May be used by any thread; the clock must
// outlive it. `latency_p95` and `error_rate` are over the last 100 attempts that ended within five
// minutes.
class TargetStates {
 public:
  // `measured`: whether anybody asks for latency and errors; else they stay 0 unless given.
  TargetStates(uint32_t targets, const Clock& clock, bool measured = true);
  ~TargetStates();

  Attempt begin(uint32_t target);
  // Once for each `begin`. `latency`: nanoseconds from begin to the answer's first byte.
  void finish(const Attempt& attempt, Outcome outcome, int64_t latency);

  TargetState state(uint32_t target) const;

  // What tests and health checks know better; holds until given again. What is not given stays as
  // it is.
  struct Given {
    std::optional<bool> healthy;
    std::optional<int64_t> latency_p95;
    std::optional<double> error_rate;
    std::optional<int64_t> in_flight;
  };
  void give(uint32_t target, const Given& given);

 private:
  struct Target;
  Target& at(uint32_t target) const;
  const Clock& clock_;
  uint32_t count_;
  bool measured_;
  std::unique_ptr<Target[]> targets_;
};

}  // namespace aipol::route
