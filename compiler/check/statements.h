// Statements of policies, one file for each effect that needs more than its row.
#pragma once

#include <optional>

#include "compiler/check/expressions.h"

namespace aipol::check {

// `applies` is the policy's scope, `present` what it makes known. Nothing where anything was wrong
// (and reported).
std::optional<ir::Statement> check_statement(Checker& checker, const Scope& scope,
                                             const ast::Statement& statement,
                                             ir::ExpressionPtr applies,
                                             std::vector<ir::ExpressionPtr> present);

// The first phase in which everything the expression reads is known.
plan::Phase phase_of(const ir::PolicySet& set, ir::ExpressionPtr expression);

}  // namespace aipol::check
