// Counts what requests use and admits them by limits. The one implementation for serving and for
// tests: what differs is the clock and the store.
//
// A request goes so: `read` while its guards are evaluated, `reserve` once all else allows it, then
// `settle` with what it used, or `release` where it failed. Everything may be called by any thread.
//
// A charge counts at the instant of its reservation. Settling changes its amount at that instant,
// releasing removes it: at any time counters are what they would be had each request asked for what
// it came to use. What a request uses counts in the window that admitted it, also where it ends in
// a later one.
//
// Limits:
//   duration, minute, hour   a bucket of `burst` that refills by the limit's amount a window,
//   evenly. In any window at
//                            most amount + burst are admitted. An amount above `burst` is never
//                            admitted.
//   the same, strict         at most the amount in any window of that length, (now - length, now]
//   day, week, month, year   at most the amount in each, by the calendar of the meter's zone
//   ever                     at most the amount
//   concurrent               at most the amount at a time
// A limit that is used up refuses; so requests and tokens estimated at 0 are asked for as 1. A
// charge of 0 usd, or of a sum that is 0, is always admitted.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "plan/meter.h"
#include "runtime/meters/rule.h"
#include "runtime/meters/store.h"

namespace aipol::meters {

// What policies read of a meter besides limiting it: what nobody reads is not kept.
struct Reads {
  bool used = false;      // `.used`, `.remaining`, `.ratio`
  bool compared = false;  // `.average`, `.zscore`
};

// A `limit` of the set.
struct Limit {
  uint32_t meter = 0;
  bool strict = false;
  // Where it is a constant. A bucket whose amount is computed begins to count when it is first
  // asked.
  std::optional<Amount> amount;
};

// What a request adds to a meter: one for each meter that counts it. A concurrent meter's amount
// is 1.
struct Charge {
  uint32_t meter = 0;
  std::string_view key;  // runtime/meters/key.h
  Amount amount = 0;     // the estimate; below 0 counts as 0
};

// A limit that the request must pass.
struct Ask {
  uint32_t limit = 0;
  uint32_t charge = 0;          // number of the charge to the limit's meter
  Amount amount = 0;            // of the limit
  std::optional<Amount> burst;  // the amount where not given; only of buckets
  uint32_t rank = 0;            // of the refusing limits the one with the smallest answers
};

struct Refusal {
  uint32_t ask = 0;      // number of the ask
  int64_t wait = never;  // nanoseconds until the same ask could be admitted; `never`: it cannot
};

// Cleared and filled by `reserve`; may be used again.
struct Verdict {
  bool admitted = false;
  bool full = false;        // refused because the store has no room for another counter
  bool away = false;        // refused because the store can not be reached
  uint32_t refusing = 0;    // where not admitted, full or away: the ask that answers
  int64_t retry_after = 0;  // nanoseconds: the longest wait of those that refuse; `never`
  // When the store decided it: of two requests that charge the same counter of one process the
  // first has the smaller time, unless the clock was set back.
  int64_t time = 0;
  std::vector<Refusal> refused;  // all that refuse, in the order asked
  std::vector<Refusal> shadow;   // limits on shadow meters that would have refused
  std::vector<Room> rooms;  // by ask, once the request is decided; none where the store did nothing
};

// `remaining` and `ratio` of a limit follow from `used`: below.
struct Reading {
  Amount used =
      0;  // exact for the window, before this request; of concurrent meters what is in flight
  double average = 0;  // of the same key's past windows, in the meter's amounts
  double zscore = 0;   // 0 until three past windows exist
  bool away = false;   // nothing is known: the store can not be reached, and that refuses
};
inline Amount remaining(Amount used, Amount limit) {
  return used >= limit ? 0 : saturating_subtract(limit, used);
}
inline double ratio(Amount used, Amount limit) {
  return limit > 0 ? static_cast<double>(used) / static_cast<double>(limit) : used > 0 ? 1.0 : 0.0;
}

class Meters;

// What a request holds between `reserve` and its end. Where it is destroyed or used again while it
// holds something, that is released. The Meters that filled it must outlive it. Keeps its memory,
// so a connection should use one again.
class Reservation {
 public:
  Reservation() = default;
  Reservation(Reservation&& other) noexcept;
  Reservation& operator=(Reservation&& other) noexcept;
  ~Reservation();
  bool holds() const { return meters_ != nullptr; }

 private:
  friend class Meters;
  struct Held {
    uint32_t meter = 0;
    uint32_t key_end = 0;  // in keys_; begins where the one before ends
    int64_t time = 0;      // that it counts at
    Amount amount = 0;
    bool charged = false;  // false: a shadow meter's that would have been refused
  };
  Meters* meters_ = nullptr;
  std::vector<Held> held_;  // as the charges given
  std::string keys_;
};

class Meters {
 public:
  // `reads` has one entry for each meter. Counts are found again in the store by the meter's name,
  // measure, window and zone, so that a new version of a set goes on with what the old one counted.
  // Clock and store must outlive it. The error names a zone that does not exist.
  static Result<std::unique_ptr<Meters>> make(std::span<const plan::Meter> meters,
                                              std::span<const Reads> reads,
                                              std::span<const Limit> limits, const Clock& clock,
                                              Store& store);

  // What is 0 for a key that was never counted. `meter` is its number in the plan. One transaction
  // of the store, so as exact as a reservation.
  Reading read(uint32_t meter, std::string_view key);

  // Admits by all of the asks or by none, atomically with all other calls; an admitted request is
  // charged. A refused one leaves every counter as it was. Limits on shadow meters refuse nothing;
  // where one would have, no shadow meter counts the request. No two charges may name the same
  // meter with the same key.
  void reserve(std::span<const Charge> charges, std::span<const Ask> asks, Reservation& into,
               Verdict& verdict);

  // While a request runs: raises its charges to `amounts` (in the order of the charges; smaller
  // ones stay) if all of the asks admit the difference; else changes nothing and says false. For
  // limits with `cut`. `verdict`, where given, is filled as by `reserve`.
  bool extend(Reservation& reservation, std::span<const Amount> amounts, std::span<const Ask> asks,
              Verdict* verdict = nullptr);

  // Ends a reservation with what was used, one amount for each charge, whatever limits say. A
  // concurrent slot becomes free. Says when the store did it, as Verdict::time; 0: later.
  int64_t settle(Reservation& reservation, std::span<const Amount> amounts);

  // Ends a reservation as if it had never been made.
  void release(Reservation& reservation);

  // Counts at once, without limits: denials, errors; later where the store can not be reached now.
  // False where it has no room for another counter.
  bool count(uint32_t meter, std::string_view key, Amount amount);

  // Drops counters that are as if never used. The store does so little by little as new ones come;
  // this does all.
  void sweep();

 private:
  struct NumberedLimit {
    uint32_t meter = 0;
    uint32_t number = 0;  // in the meter's rule
  };
  class Admission;
  class Raise;
  class Ending;

  Meters(const Clock& clock, Store& store, std::shared_ptr<const std::vector<Rule>> rules)
      : clock_(clock), store_(store), rules_of_(std::move(rules)), rules_(*rules_of_) {}
  std::vector<Address> held_by(const Reservation& reservation) const;
  static void note(Outcome outcome, Verdict& verdict);
  static void choose_answer(std::span<const Ask> asks, Verdict& verdict);
  // Settles to `amounts`; to nothing where they are empty.
  int64_t finish(Reservation& reservation, std::span<const Amount> amounts);

  const Clock& clock_;
  Store& store_;
  std::shared_ptr<const std::vector<Rule>>
      rules_of_;                    // a store may do steps when these meters are gone
  const std::vector<Rule>& rules_;  // by meter
  std::vector<NumberedLimit> limits_;
};

}  // namespace aipol::meters
