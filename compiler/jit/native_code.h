// Compiled stages in memory.
#pragma once

#include <memory>
#include <vector>

#include "runtime/abi/decision.h"

namespace aipol::compiler {

struct NativeCode {
  std::vector<AipolStage> stages;             // by stage of the plan
  std::vector<std::vector<AipolText>> texts;  // by stage, then by StageLayout::texts
  std::shared_ptr<const void> memory;         // what the functions live in
};

}  // namespace aipol::compiler
