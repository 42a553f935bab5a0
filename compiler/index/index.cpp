#include "compiler/index/index.h"

#include "compiler/index/stage_index.h"

namespace aipol::compiler {

plan::Layout index(const plan::Plan& plan) {
  Values values(plan);
  plan::Layout layout;
  for (const plan::Stage& stage : plan.stages) layout.push_back(StageIndex(plan, values).make(stage));
  return layout;
}

}  // namespace aipol::compiler
