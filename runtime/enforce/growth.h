// Guards over the text of an answer that can only turn true while it grows: for them a stream flows
// until it is cut. Of any other the answer is held back until it is whole.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plan/plan.h"
#include "stdlib/native/detect.h"

namespace aipol::enforce {

// A part of such a guard.
struct Growth {
  enum class Kind : uint8_t {
    fixed,        // `node` is `wanted`; it does not read the text
    all,          // of the parts
    any,          // of the parts
    found,        // by one of the detectors
    counted,      // places that they find
    scored,       // the weights of those that find anything
    contains,     // `literal`
    starts_with,  // `literal`
    matches,      // `pattern`
    length        // characters
  } kind = Kind::fixed;
  plan::NodeId node = plan::no_node;  // fixed; of `counted`, `scored`, `length`: what they reach
  bool wanted = true;                 // fixed; of those: false, they must pass it
  std::vector<Growth> parts = {};
  std::vector<uint32_t> detectors = {};  // ascending
  std::string literal = {};
  std::shared_ptr<const native::Detectors> pattern = {};
};

// A statement of phase output that refuses answers, or changes their text.
struct OutputGuard {
  uint32_t statement = 0;
  std::vector<plan::NodeId> known;  // conditions of its guard that do not wait for the answer
  std::optional<Growth> growth;     // nothing: it needs the whole answer
};

// Of the enforced statements.
std::vector<OutputGuard> output_guards(const plan::Plan& plan);

}  // namespace aipol::enforce
