// Syntax trees and names -> a typed policy set: types, optionals, phases, settings. Every mistake
// is reported; where any was, the result is incomplete and must not be used further.
#pragma once

#include <memory>
#include <vector>

#include "compiler/ast/symbols.h"
#include "compiler/diagnostics/diagnostics.h"
#include "compiler/ir/policy_set.h"

namespace aipol::check {

std::unique_ptr<ir::PolicySet> check(const source::Files& files,
                                     const std::vector<ast::Tree>& trees,
                                     const ast::Symbols& symbols,
                                     diagnostics::Diagnostics& diagnostics);

}  // namespace aipol::check
