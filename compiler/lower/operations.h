// One function for each plan::Op, in the file of its family.
#pragma once

#include "compiler/lower/emitter.h"

namespace aipol::compiler {

using Operation = Value (*)(Emitter& emitter, plan::NodeId node);

// leaves.cpp
Value lower_source(Emitter& emitter, plan::NodeId node);
Value lower_has(Emitter& emitter, plan::NodeId node);
Value lower_parameter(Emitter& emitter, plan::NodeId node);
Value lower_number(Emitter& emitter, plan::NodeId node);
// logic.cpp
Value lower_not(Emitter& emitter, plan::NodeId node);
Value lower_and(Emitter& emitter, plan::NodeId node);
Value lower_or(Emitter& emitter, plan::NodeId node);
Value lower_select(Emitter& emitter, plan::NodeId node);
// comparison.cpp
Value lower_equal(Emitter& emitter, plan::NodeId node);
Value lower_less(Emitter& emitter, plan::NodeId node);
Value lower_less_equal(Emitter& emitter, plan::NodeId node);
Value lower_in_range(Emitter& emitter, plan::NodeId node);
Value lower_in_network(Emitter& emitter, plan::NodeId node);
// arithmetic.cpp
Value lower_add(Emitter& emitter, plan::NodeId node);
Value lower_subtract(Emitter& emitter, plan::NodeId node);
Value lower_multiply(Emitter& emitter, plan::NodeId node);
Value lower_divide(Emitter& emitter, plan::NodeId node);
Value lower_remainder(Emitter& emitter, plan::NodeId node);
Value lower_negate(Emitter& emitter, plan::NodeId node);
Value lower_to_real(Emitter& emitter, plan::NodeId node);
Value lower_to_integer(Emitter& emitter, plan::NodeId node);
// lists.cpp
Value lower_in_set(Emitter& emitter, plan::NodeId node);
Value lower_has_member(Emitter& emitter, plan::NodeId node);
Value lower_contains_all(Emitter& emitter, plan::NodeId node);
Value lower_intersects(Emitter& emitter, plan::NodeId node);
Value lower_size(Emitter& emitter, plan::NodeId node);
Value lower_list(Emitter& emitter, plan::NodeId node);
// loops.cpp
Value lower_loop(Emitter& emitter, plan::NodeId node);
Value lower_item(Emitter& emitter, plan::NodeId node);
// numbers.cpp
Value lower_mask_meets(Emitter& emitter, plan::NodeId node);
Value lower_mask_covers(Emitter& emitter, plan::NodeId node);
Value lower_numbers_meet(Emitter& emitter, plan::NodeId node);
Value lower_numbers_cover(Emitter& emitter, plan::NodeId node);
// match.cpp
Value lower_globs(Emitter& emitter, plan::NodeId node);
Value lower_matches(Emitter& emitter, plan::NodeId node);
// call.cpp
Value lower_call(Emitter& emitter, plan::NodeId node);

Operation operation_of(plan::Op op);

}  // namespace aipol::compiler
