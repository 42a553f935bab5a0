// The value of an operation on constants, and of a call of a native function on constants.
#pragma once

#include <optional>

#include "compiler/ir/expression.h"

namespace aipol::ir {

std::optional<plan::Constant> fold(plan::Op op, const std::vector<ExpressionPtr>& arguments);
std::optional<plan::Constant> fold_call(const std::string& symbol, types::TypePtr type,
                                        const std::vector<ExpressionPtr>& arguments);

}  // namespace aipol::ir
