// What the interpreter's operations share; private to plan/interpret*.cpp.
#pragma once

#include <array>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/check.h"
#include "plan/arithmetic.h"
#include "plan/cells.h"
#include "plan/interpret.h"
#include "plan/loops.h"
#include "runtime/abi/scratch.h"
#include "stdlib/native/cells.h"
#include "stdlib/native/glob.h"
#include "stdlib/native/natives.h"
#include "stdlib/native/regex.h"

namespace aipol::plan {

// One plan, and the evaluation of one set of facts.
struct Frame {
  const Plan& plan;
  Defaults defaults;
  CellStore store;
  std::vector<AipolCell> constants;
  std::vector<const native::Native*> natives;
  std::unordered_map<uint32_t, native::Regex> patterns;           // by constant
  std::unordered_map<uint32_t, std::vector<native::Glob>> globs;  // by constant

  std::vector<Levels> open;  // by node: items that it reads

  const Facts* facts = nullptr;
  AipolScratch scratch;
  std::vector<std::optional<AipolCell>> known;  // by node, for these facts and the items where the loops stand
  std::vector<NodeId> touched;                  // of which a value is known, whatever the items
  // By level.
  std::array<uint64_t, most_levels> at{};               // where the loop stands
  std::array<std::vector<NodeId>, most_levels> held{};  // what is known for its item only

  AipolCell value(NodeId node);
  // Before the loop of the level goes on, and when it ends.
  void forget(uint32_t level);
  AipolCell argument(NodeId node, size_t i) { return value(plan.code.argument(node, i)); }
  Rep argument_rep(NodeId node, size_t i) const {
    return plan.code[plan.code.argument(node, i)].rep;
  }
  int64_t integer(NodeId node, size_t i) { return native::integer_of(argument(node, i)); }
  double real(NodeId node, size_t i) { return native::real_of(argument(node, i)); }
  std::string_view text(NodeId node, size_t i) { return native::text_of(argument(node, i)); }
  std::span<const AipolCell> list(NodeId node, size_t i) {
    return native::list_of(argument(node, i));
  }
  bool truth(NodeId node) { return value(node).a != 0; }
  // The number of the constant that an argument must be.
  uint32_t constant(NodeId node, size_t i) const {
    return plan.code[plan.code.argument(node, i)].payload;
  }
};

using Operation = AipolCell (*)(Frame& frame, NodeId node);

#define AIPOL_OPERATION(name) AipolCell interpret_##name(Frame& frame, NodeId node);
AIPOL_OPERATION(constant)
AIPOL_OPERATION(source)
AIPOL_OPERATION(has)
AIPOL_OPERATION(logical_not)
AIPOL_OPERATION(logical_and)
AIPOL_OPERATION(logical_or)
AIPOL_OPERATION(select)
AIPOL_OPERATION(equal)
AIPOL_OPERATION(less)
AIPOL_OPERATION(less_equal)
AIPOL_OPERATION(add)
AIPOL_OPERATION(subtract)
AIPOL_OPERATION(multiply)
AIPOL_OPERATION(divide)
AIPOL_OPERATION(remainder)
AIPOL_OPERATION(negate)
AIPOL_OPERATION(to_real)
AIPOL_OPERATION(to_integer)
AIPOL_OPERATION(in_set)
AIPOL_OPERATION(has_member)
AIPOL_OPERATION(contains_all)
AIPOL_OPERATION(intersects)
AIPOL_OPERATION(size)
AIPOL_OPERATION(in_range)
AIPOL_OPERATION(in_network)
AIPOL_OPERATION(on_path)
AIPOL_OPERATION(like)
AIPOL_OPERATION(matches)
AIPOL_OPERATION(call)
AIPOL_OPERATION(list)
AIPOL_OPERATION(any_of)
AIPOL_OPERATION(all_of)
AIPOL_OPERATION(count_of)
AIPOL_OPERATION(item)
#undef AIPOL_OPERATION

// Of a list's members.
Rep member_rep(Rep list);

}  // namespace aipol::plan
