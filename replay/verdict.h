// What one side says of one record: what its policies decide, or what the record tells was decided.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "plan/phase.h"

namespace aipol::replay {

inline constexpr uint32_t nobody = ~0u;

// A text in which detectors of a policy found something to be replaced.
struct Redacted {
  std::string policy, detector;
  bool of_answer = false;
  auto operator<=>(const Redacted&) const = default;
};

// A limit that refused.
struct Tripped {
  uint32_t statement = 0;  // in the plan
  std::string key;         // of its meter, for people
};

struct Verdict {
  bool allowed = false;
  uint16_t status = 0;            // of a refusal
  uint32_t statement = nobody;    // in the plan; of recorded ones a number of the tally's names
  uint32_t target = nobody;       // the model that answered: in Deployment::models; the same
  bool target_known = false;      // of one that was allowed
  bool estimated = false;         // what it used is not recorded: guessed for the meters
  int64_t cost = 0;               // nano-dollars, of what was forwarded
  std::set<std::string> missing;  // fields that the decision turns on; none: it is determined
  std::vector<uint32_t> fired;    // statements
  std::vector<Tripped> tripped;
  std::set<Redacted> redacted;

  bool undetermined() const { return !missing.empty(); }
};

}  // namespace aipol::replay
