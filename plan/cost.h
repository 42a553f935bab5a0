// What evaluating an expression costs, guessed in nanoseconds; shared parts count as often as they
// appear.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/plan.h"

namespace aipol::plan {

class Costs {
 public:
  // Natives are those of `plan`; nodes are of `code` (the plan's or a stage layout's). Both must
  // outlive this.
  Costs(const Plan& plan, const Code& code);

  uint32_t of(NodeId node);

 private:
  uint32_t own(NodeId node) const;

  const Code& code_;
  std::vector<uint32_t> natives_;
  std::vector<uint32_t> known_;  // by node, 0: not yet
};

// Below this a branch costs more than it saves.
inline constexpr uint32_t cheap = 8;

}  // namespace aipol::plan
