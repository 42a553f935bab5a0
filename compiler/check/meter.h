// What declared meters and inline limits are made of.
#pragma once

#include "compiler/check/expressions.h"

namespace aipol::check {

// Reads the parts into the meter. False, and reported, where one is wrong.
struct MeterForm {
  Checker& checker;
  Expressions& expressions;
  ir::Meter& out;

  bool measure(ast::ExpressionPtr given);
  bool window(ast::ExpressionPtr given);
  bool keys(const std::vector<ast::ExpressionPtr>& given);
};

}  // namespace aipol::check
