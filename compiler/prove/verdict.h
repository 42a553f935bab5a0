// What was decided about an invariant.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plan/plan.h"

namespace aipol::prove {

// A request that breaks a rule, as the interpreter says.
struct Counterexample {
  plan::Place rule;
  std::string name;  // of the test
  std::string test;  // `test "…" { … }`: it expects what the rule wishes, and so fails
  std::string json;  // the request, as `aipol eval` reads it
};

struct Verdict {
  enum class Kind : uint8_t { proved, refuted, unknown } kind = Kind::unknown;
  // Of refuted: tests that are to show it, the likeliest first. Whoever can run them says whether
  // one does.
  std::vector<Counterexample> counterexamples;
  std::string why;  // of unknown; of refuted: what was found, should no test show it
};

}  // namespace aipol::prove
