#include "plan/cost.h"

#include <algorithm>

#include "base/check.h"
#include "plan/loops.h"
#include "stdlib/native/natives.h"

namespace aipol::plan {

namespace {

constexpr uint32_t most = 1'000'000;
constexpr uint32_t usual_items = 8;  // of lists that loops run over

bool long_value(Rep rep) { return rep == Rep::text || rep == Rep::texts || rep == Rep::integers; }

}  // namespace

Costs::Costs(const Plan& plan, const Code& code) : code_(code) {
  for (const std::string& symbol : plan.natives) {
    const native::Native* native = native::find(symbol);
    AIPOL_CHECK(native != nullptr, "a plan names natives that exist");
    natives_.push_back(static_cast<uint32_t>(native->cost));
  }
}

uint32_t Costs::own(NodeId id) const {
  const Node& node = code_[id];
  switch (node.op) {
    case Op::call: return natives_[node.payload];
    case Op::matches: return 300;
    case Op::on_path:
    case Op::like: return 100;
    case Op::has_member:
    case Op::in_set:
    case Op::numbers_meet:
    case Op::numbers_cover: return 10;
    case Op::contains_all:
    case Op::intersects: return 30;
    case Op::list: return 5;
    case Op::any_of:
    case Op::all_of:
    case Op::count_of: return 2 * cheap;
    case Op::equal:
    case Op::less:
    case Op::less_equal: return long_value(code_[code_.argument(id, 0)].rep) ? 4 : 1;
    case Op::multiply:
    case Op::divide:
    case Op::remainder: return 5;
    default: return 1;
  }
}

// Children come first in a code, so the recursion could be a loop; here it is as deep as the expression.
uint32_t Costs::of(NodeId id) {
  if (known_.size() < code_.size()) known_.resize(code_.size());
  if (known_[id] != 0) return known_[id];
  uint32_t sum = own(id);
  for (NodeId argument : code_.arguments(id)) sum = std::min(most, sum + of(argument));
  if (is_loop(code_[id].op)) sum = std::min(most, sum + of(code_.argument(id, 1)) * (usual_items - 1));
  return known_[id] = sum;
}

}  // namespace aipol::plan
