// The state of one counter, a value, and what can be done with it: functions of the state, the
// meter's rule and a time.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/meters/buckets.h"
#include "runtime/meters/sliding_log.h"
#include "runtime/meters/tally.h"

namespace aipol::meters {

struct State {
  int64_t latest =
      int_min;  // time of the last use: where a clock is set back, a counter's time stands still
  uint32_t open = 0;               // reservations; of concurrent meters what is in flight
  int64_t idle_from = int_min;     // from when on it is as one that was never used; `never` while a
                                   // reservation is open
  int64_t counts_until = int_min;  // the same, of tally and log alone
  Tally tally;
  SlidingLog log;
  Buckets buckets;

  size_t bytes() const { return tally.bytes() + log.bytes() + buckets.bytes(); }
};

// Brings the state to `now`; gives the time that it counts by, never before an earlier one. First
// of all else.
int64_t advance(State& state, const Rule& rule, int64_t now);

// Nanoseconds until the limit admits `need` more: 0 where it does now, `never` where it cannot.
// Changes what the state knows of the limit, not what it counts.
int64_t wait(State& state, const Rule& rule, int64_t now, Amount need, const Demand& demand);

// What the limit would still admit, after `advance`.
Room room(State& state, const Rule& rule, int64_t now, const Demand& demand);

// Counts an amount at `now`. `open`: by a reservation, that `close` is to end.
void charge(State& state, const Rule& rule, int64_t now, Amount amount, bool open);
// Changes what was charged at `time` by the difference.
void change(State& state, const Rule& rule, int64_t time, Wide difference);
void close(State& state, const Rule& rule, int64_t time, Wide difference);

// What is counted, after `advance`.
Amount used(const State& state, const Rule& rule);
Comparison compare(const State& state, const Rule& rule);

// Notes `idle_from`. Last of all.
void rest(State& state, const Rule& rule);

// Nobody is left who could end what is open: what was reserved stays counted as it was estimated,
// concurrent slots are free.
void abandon(State& state);

// The state as bytes, of a version that `decode` knows.
void encode(const State& state, std::string& onto);
// Any bytes: nothing where they are no state. It takes at most a small multiple of the bytes' size.
std::optional<State> decode(std::string_view bytes);

}  // namespace aipol::meters
