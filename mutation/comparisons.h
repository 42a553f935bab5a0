// Comparisons of guards, and their change.
#pragma once

#include <functional>

#include "mutation/mutant.h"

namespace aipol::mutation {

// Each comparison within a guard, as visit(expression, binary).
void each_comparison(const Subject& subject,
                     const std::function<void(const ast::Expression&, const ast::Binary&)>& visit);

// Its operator is replaced.
void change_operator(const ast::Binary& comparison, std::string_view with, Mutants& out);

}  // namespace aipol::mutation
