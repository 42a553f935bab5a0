// Loops over lists (any_of, all_of, count_of) and the items that their bodies read.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/code.h"

namespace aipol::plan {

// A loop's level is the number of loops whose items its body may read besides its own, which have
// the levels below. A loop that stands within another of the same level hides that one's item.
inline constexpr uint32_t most_levels = 8;

// A bit for each level whose item an expression reads from a loop around it; none where it stands
// for itself.
using Levels = uint8_t;
static_assert(most_levels == 8 * sizeof(Levels));

inline bool is_loop(Op op) { return op == Op::any_of || op == Op::all_of || op == Op::count_of; }

// By node of a valid code.
std::vector<Levels> open_levels(const Code& code);
// Of one node, given those of its arguments.
Levels open_levels(const Code& code, NodeId node, const std::vector<Levels>& known);

}  // namespace aipol::plan
