// Models as a route or a pool names them.
#pragma once

#include "compiler/check/expressions.h"

namespace aipol::check {

// A model's name, a name with a weight, a pool's name, or a list of those. False, and reported,
// where one is none.
bool read_targets(Checker& checker, const Scope& scope, ast::ExpressionPtr expression,
                  std::vector<Target>& out);
// The model of that name; reported where the set has none.
std::optional<uint32_t> model_named(Checker& checker, const std::string& name, Span span);

}  // namespace aipol::check
