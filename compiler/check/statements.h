// Statements of policies, one file for each effect that needs more than its row.
#pragma once

#include <optional>

#include "compiler/check/expressions.h"

namespace aipol::check {

// `scopes` are the conditions of the policy's scope, `present` what they make known. Nothing where anything was wrong
// (and reported).
std::optional<ir::Statement> check_statement(Checker& checker, const Scope& scope,
                                             const ast::Statement& statement,
                                             const std::vector<ir::ExpressionPtr>& scopes,
                                             std::vector<ir::ExpressionPtr> present);

// The first phase in which everything the expression reads is known.
plan::Phase phase_of(const ir::PolicySet& set, ir::ExpressionPtr expression);

}  // namespace aipol::check
