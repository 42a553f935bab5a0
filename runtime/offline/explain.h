// Why a call was decided as it was: what each statement made of it, told by the interpreter from
// the same facts.
#pragma once

#include <string>
#include <vector>

#include "runtime/decision/decision.h"
#include "runtime/decision/program.h"

namespace aipol::offline {

struct Trace {
  uint32_t statement = 0;  // in the plan
  bool reached = true;     // false: the call was refused in an earlier phase
  bool fired = false;
  std::string missed;  // of one that did not fire: why, "`request.tls` is false"
};

// One trace for each statement of the plan, in its order.
std::vector<Trace> explain(const decision::Program& program, const context::Call& call,
                           const decision::Decision& decision);

}  // namespace aipol::offline
