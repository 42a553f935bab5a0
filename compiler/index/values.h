// Numbers for the constants of a plan by their value, so that equal constants are one.
#pragma once

#include <map>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "plan/plan.h"

namespace aipol::compiler {

using ValueId = uint32_t;

class Values {
 public:
  explicit Values(const plan::Plan& plan) : plan_(plan) {}

  ValueId id(plan::Constant value);
  const plan::Constant& operator[](ValueId id) const { return values_[id]; }

  // Of a constant of the plan: itself, or the members of a list, ascending by id.
  ValueId whole(uint32_t constant);
  std::span<const ValueId> members(uint32_t constant);

  // Whether it is what an absent value reads as: empty text, zero.
  bool zero(ValueId id) const;

 private:
  ValueId add(plan::Constant value);

  const plan::Plan& plan_;
  std::vector<plan::Constant> values_;
  std::unordered_map<std::string, ValueId> texts_;
  std::unordered_map<int64_t, ValueId> integers_;
  std::map<plan::Constant, ValueId> others_;
  std::unordered_map<uint32_t, ValueId> wholes_;                // by constant
  std::unordered_map<uint32_t, std::vector<ValueId>> members_;  // by constant
};

}  // namespace aipol::compiler
