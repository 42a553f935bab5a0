// Meters: what is counted of the traffic, for which keys, over which time. Counted and asked by
// runtime/meters.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plan/code.h"
#include "plan/phase.h"
#include "plan/unit.h"

namespace aipol::plan {

// What one request adds. `concurrent` is given back when the request ends.
enum class Measure : uint8_t {
  requests,
  tokens,
  input_tokens,
  output_tokens,
  usd,
  denials,
  errors,
  sum,
  concurrent
};
inline constexpr std::string_view measure_names[] = {"requests",      "tokens", "input_tokens",
                                                     "output_tokens", "usd",    "denials",
                                                     "errors",        "sum",    "concurrent"};

// A duration slides; the others begin with their calendar unit in the meter's zone (weeks on
// Monday); `ever` never ends.
struct Window {
  enum class Kind : uint8_t {
    sliding,
    minute,
    hour,
    day,
    week,
    month,
    year,
    ever
  } kind = Kind::sliding;
  int64_t nanoseconds = 0;  // of a sliding one
  bool operator==(const Window&) const = default;
};
inline constexpr std::string_view window_names[] = {"sliding", "minute", "hour", "day",
                                                    "week",    "month",  "year", "ever"};

inline constexpr uint32_t no_meter = ~0u;

struct Meter {
  std::string name;  // as declared; of an inline limit `policy.3`: the policy and the statement's
                     // number in it
  std::string package;
  Measure measure = Measure::requests;
  Window window;
  std::string zone = "UTC";     // of the tz database
  Unit unit = Unit::none;       // of its amounts: usd counts nano-dollars
  std::vector<NodeId> keys;     // plain values; one counter for each combination
  NodeId where = no_node;       // boolean: what it counts; no_node: every request
  NodeId sum = no_node;         // of `sum`: the amount, an integer or a real
  Phase phase = Phase::head;    // keys and `where` are known from here on
  uint32_t limit = ~0u;         // of an inline limit: the statement whose requests alone it counts
  bool shadow = false;          // counts for shadow policies only
  uint32_t twin_of = no_meter;  // of a shadow's: the meter that the policy names
};

}  // namespace aipol::plan
