// What is known of one request: a value for each source of a plan. The interpreter reads facts,
// native code reads the columns built from them (runtime/context).
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/abi/cell.h"

namespace aipol::plan {

struct Fact {
  enum class State : uint8_t { unknown, absent, present } state = State::unknown;
  AipolCell value{};  // by the source's representation; texts and lists are owned by whoever filled
                      // the fact
};

using Facts = std::vector<Fact>;  // by SourceId

}  // namespace aipol::plan
