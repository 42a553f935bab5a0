// Pieces of source for changes and what is said of them.
#pragma once

#include <string>

#include "mutation/mutant.h"

namespace aipol::mutation {

// On one line, in backticks, cut where it is long.
std::string quoted(std::string_view text);

// The word `when` and the condition of a statement; the condition must be there.
source::Span when_clause(const Subject& subject, const ast::Statement& statement);

// `not (…)` in place of the expression.
std::string negated(const Subject& subject, const ast::Expression& expression);

}  // namespace aipol::mutation
