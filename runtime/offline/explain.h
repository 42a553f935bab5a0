// Why a call was decided as it was: what each statement made of it, told by the interpreter from
// the same facts.
#pragma once

#include <string>
#include <vector>

#include "runtime/decision/decision.h"
#include "runtime/decision/evaluation.h"
#include "runtime/offline/simulation.h"

namespace aipol::offline {

struct Trace {
  uint32_t statement = 0;  // in the plan
  bool reached = true;     // false: the call was refused in an earlier phase
  bool fired = false;
  std::string missed;  // of one that did not fire: why, "`request.tls` is false"
  size_t held = 0;     // of one that did not fire: the parts of its guard before that one
};

// Of the call that was decided last: one trace for each statement of the plan, in its order; none
// where policies did not see the call.
std::vector<Trace> explain(const Simulation& simulation, const decision::Decision& decision);

// An effect that is to be done, with its arguments' values for this call.
struct Applied {
  // By the slots of plan/effects.def. A word of the syntax has no values; models, meters, sinks and
  // detectors are their names.
  struct Argument {
    std::string name;
    std::vector<plan::Constant> values;
    plan::Unit unit = plan::Unit::none;
    uint32_t enumeration = ~0u;
  };
  uint32_t statement = 0;
  std::vector<Argument> arguments;
};

// Of every effect that fired but allows and refusals; what is not known yet is left out.
std::vector<Applied> applied(const decision::Evaluation& evaluation);

}  // namespace aipol::offline
