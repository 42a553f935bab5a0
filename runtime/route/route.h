// Which upstreams a request is tried on, in which order.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "plan/value.h"
#include "runtime/route/target_states.h"

namespace aipol::route {

enum class Strategy : uint8_t { order, weight, round_robin, least_busy, fastest, cheapest, sticky };
inline constexpr std::string_view strategy_names[] = {
    "order", "weight", "round_robin", "least_busy", "fastest", "cheapest", "sticky"};

inline constexpr uint32_t no_statement = ~0u;
inline constexpr uint32_t most_retries = 100;  // more are as many

// A target that the route names, or each one for `any`, in the order declared.
struct Candidate {
  uint32_t target = 0;    // number in TargetStates: the model's in Deployment::models
  uint64_t identity = 0;  // text_hash of its name: `sticky` keeps to it across versions of a set
  uint32_t weight = 1;    // 0: only after all others
  int64_t price = 0;      // what the request would cost there, in any unit
  bool wanted = true;     // false: the route's `where` does not hold for it
  uint32_t refusing = no_statement;  // of the `require`s that do not hold for it the statement with
                                     // the smallest rank
  uint32_t rank = 0;                 // and its rank
};

// What `retry N on [...]` names.
struct Retried {
  std::vector<plan::IntegerRange> statuses;
  bool timeout = true;                              // also no answer at all
  bool holds(std::optional<int64_t> status) const;  // nothing: no answer
};
// Without `retry` the next target is tried after these.
Retried retried_by_default();  // 429, 5xx, timeout

struct Mirror {
  uint32_t target = 0;
  double sample = 1;
};

struct Options {
  Strategy strategy = Strategy::order;
  uint32_t retries = 0;
  Breaker breaker;          // failures 0: the route has none
  uint64_t sticky_key = 0;  // hash of the value of sticky(EXPR)
  std::optional<Mirror> mirror;
};

// The turns of one route: where requests are to be spread, each takes the next. Deterministic: the
// same turns give the same choices. May be used by any thread.
class Turns {
 public:
  // Of round robin: 0, 1, 2, …
  uint64_t next();
  // The target that is next by weight, of those given, by smooth weighted round robin: of any n
  // choices among the same candidates each gets its share of n, less than one more or less where
  // weights repeat within n. `candidates` is not empty; the result is a number in it.
  size_t next_by_weight(std::span<const Candidate> candidates);
  // True for the share `sample` of calls, evenly spread.
  bool next_of_sample(double sample);

 private:
  struct Balance {
    int64_t current = 0;
  };
  std::mutex mutex_;
  uint64_t turn_ = 0;
  std::map<uint32_t, Balance> balances_;  // by target
  double sampled_ = 0;
};

// Why there is nobody to try.
enum class Emptied : uint8_t {
  no,       // there is
  require,  // requires refuse all that `where` left (or that there were): `statement` denies
  where     // `where` removed all, or there were none: 503
};

struct Attempts {
  std::vector<uint32_t> targets;  // in order; may hold one several times
  Emptied emptied = Emptied::no;
  uint32_t statement = no_statement;  // of Emptied::require
  std::optional<uint32_t> mirror;     // to be sent a copy
};

// Whom to try: each target once, then with `retry N` round again from the first until 1 + N
// attempts are used; a retry never takes a fallback away. First come the targets that are healthy
// and whose breaker lets them be tried, by the strategy, then the others by the strategy:
//   order        as given                        least_busy  fewest in flight
//   weight       by turns, the rest by weight    fastest     least latency_p95; one not known yet
//   is tried first round_robin  by turns, the rest follow       cheapest    least price sticky by
//   the key, in shares by weight; a target that comes or goes moves only the keys that it gets or
//   had
// Equal ones keep the order given. `states` is by candidate; `now` in nanoseconds since the epoch.
// Deterministic in its arguments and turns.
Attempts plan_attempts(std::span<const Candidate> candidates, const Options& options,
                       std::span<const TargetState> states, int64_t now, Turns& turns);

}  // namespace aipol::route
