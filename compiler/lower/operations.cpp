#include "compiler/lower/operations.h"

#include "base/check.h"

namespace aipol::compiler {

namespace {

// A layout has its constants in parameters.
Value lower_constant(Emitter&, plan::NodeId) {
  AIPOL_CHECK(false, "a layout's code has no constants");
  return {};
}

// In the order of plan::Op.
constexpr Operation operations[] = {
    lower_constant, lower_source,     lower_has,         lower_not,          lower_and,          lower_or,
    lower_select,   lower_equal,      lower_less,        lower_less_equal,   lower_add,          lower_subtract,
    lower_multiply, lower_divide,     lower_remainder,   lower_negate,       lower_to_real,      lower_to_integer,
    lower_in_set,   lower_has_member, lower_contains_all, lower_intersects,  lower_size,         lower_in_range,
    lower_in_network, lower_globs,    lower_globs,       lower_matches,      lower_call,         lower_list,
    lower_loop,     lower_loop,       lower_loop,        lower_item,
    lower_parameter, lower_number,    lower_number,      lower_mask_meets,   lower_mask_covers,  lower_numbers_meet,
    lower_numbers_cover,
};
static_assert(std::size(operations) == plan::op_count);

}  // namespace

Operation operation_of(plan::Op op) { return operations[static_cast<size_t>(op)]; }

}  // namespace aipol::compiler
