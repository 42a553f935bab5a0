// What the gateway that served a call tells of it besides what policies can read: its own records
// have it (docs/replay.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "plan/phase.h"

namespace aipol::offline {

inline constexpr int64_t most_status = 999;

struct Attempt {
  std::string target;   // the model
  int64_t status = 0;   // of the upstream; 0: no answer
  int64_t took_ns = 0;  // to the end of the try
  bool operator==(const Attempt&) const = default;
};

struct Served {
  std::vector<Attempt> attempts;        // in their order; none: it does not say, or there was none
  std::optional<int64_t> usual_tokens;  // as enforce::Asked; nothing: it does not say
  int64_t choices = 1;                  // the same
  bool failed = false;                  // it was charged for nothing but the request itself
  bool client_gone = false;             // before the answer's end
  bool refused_answer = false;          // policies or limits refused what was answered
  // The status of a refusal that had nothing to do with policies: it did not come whole, or nobody
  // waited; 0: none. And when.
  uint16_t unheard = 0;
  plan::Phase unheard_in = plan::Phase::body;

  // Whether it tells all of this.
  bool whole() const { return usual_tokens.has_value(); }
  bool operator==(const Served&) const = default;
};

// Of what a record says took so long: 0 where that can not be, or is longer than a day.
inline int64_t nanoseconds(int64_t microseconds) {
  constexpr int64_t day = 86'400'000'000, thousand = 1000;
  return microseconds > 0 && microseconds <= day ? microseconds * thousand : 0;
}

}  // namespace aipol::offline
