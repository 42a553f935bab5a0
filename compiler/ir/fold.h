// The value of an operation on constants, where it can be told without running native functions.
#pragma once

#include <optional>

#include "compiler/ir/expression.h"

namespace aipol::ir {

std::optional<plan::Constant> fold(plan::Op op, const std::vector<ExpressionPtr>& arguments);

}  // namespace aipol::ir
