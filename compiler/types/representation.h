// How values of a type lie in the plan.
#pragma once

#include "compiler/types/type.h"
#include "plan/plan.h"

namespace aipol::types {

plan::Rep rep_of(TypePtr type);
plan::Unit unit_of(TypePtr type);
// The enum of its values or members; ~0u where they are none.
uint32_t enumeration_of(TypePtr type);

}  // namespace aipol::types
