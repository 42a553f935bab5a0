// Compiled stages in memory.
#pragma once

#include <memory>
#include <vector>

#include "runtime/abi/decision.h"

namespace aipol::compiler {

// How much time to spend on good code: for the benchmark's shapes fast takes a third of the time
// that good takes, whose code decides in two thirds of the time; on large random shapes good takes
// eight times as long as fast.
enum class Tier : uint8_t { fast, good };

struct NativeCode {
  Tier tier = Tier::good;
  std::vector<AipolStage> stages;                 // by stage of the plan
  std::vector<std::vector<AipolCompute>> values;  // by stage, then by StageLayout::values
  std::shared_ptr<const void> memory;             // what the functions live in
};

}  // namespace aipol::compiler
