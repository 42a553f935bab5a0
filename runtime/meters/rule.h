// How one meter counts: its declaration made ready, the same for all of its counters.
#pragma once

#include <optional>
#include <vector>

#include "base/calendar.h"
#include "plan/meter.h"
#include "runtime/meters/amount.h"

namespace aipol::meters {

// How a limit admits; see meters.h.
enum class Bound : uint8_t { bucket, sliding, calendar, concurrent };

struct LimitRule {
  Bound bound = Bound::calendar;
  std::optional<Amount> amount;  // where it is the same for all requests
};

// A limit as it is asked for once.
struct Demand {
  uint32_t limit = 0;  // number in the rule
  Amount amount = 0;
  Amount burst = 0;  // of a bucket
};

// What a limit still lets through.
struct Room {
  Amount left = 0;    // at once
  int64_t reset = 0;  // nanoseconds until it is as if nothing had been used; `never`: not by time
};

struct Rule {
  uint32_t id = 0;  // the store's number of the meter
  plan::Measure measure = plan::Measure::requests;
  plan::Window::Kind kind = plan::Window::Kind::ever;
  int64_t length = 0;                // nanoseconds: of sliding windows, minutes and hours; else 0
  std::optional<Calendar> calendar;  // of calendar windows
  bool shadow = false;
  bool tallies = false;           // counts by window: Tally
  bool compares = false;          // and keeps past windows
  bool logs = false;              // keeps what was charged within `length`: SlidingLog
  std::vector<LimitRule> limits;  // a bucket each, where they are buckets
  bool has_buckets = false;

  // The window around a time, that `tallies` counts by. A sliding window's is the multiple of its
  // length since the epoch.
  Span window(int64_t time) const;
  // What to ask for where `amount` is estimated: at least 1, but 0 where nothing may be what it
  // costs.
  Amount needed(Amount amount) const;
};

}  // namespace aipol::meters
