// Cells of native code as values that own what they hold.
#pragma once

#include "plan/value.h"
#include "runtime/abi/cell.h"

namespace aipol::decision {

// `rep` is none of records and handle. Integers of a list are its numbers.
plan::Constant owned(const AipolCell& cell, plan::Rep rep);

}  // namespace aipol::decision
