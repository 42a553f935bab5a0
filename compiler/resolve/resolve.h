// Syntax trees -> what their names mean. Reports names declared twice, unknown packages and
// misplaced `native`.
#pragma once

#include <vector>

#include "compiler/ast/symbols.h"
#include "compiler/diagnostics/diagnostics.h"

namespace aipol::resolve {

// The trees, one for each file and in the order of the files, must outlive the result.
ast::Symbols resolve(const source::Files& files, const std::vector<ast::Tree>& trees,
                     diagnostics::Diagnostics& diagnostics);

}  // namespace aipol::resolve
