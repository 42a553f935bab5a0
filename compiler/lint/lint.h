// Looks at a policy set that has no errors for what is allowed but hardly meant.
#pragma once

#include <span>

#include "compiler/lint/context.h"

namespace aipol::lint {

// Runs the lints and reports what they find and no comment silences.
void lint(const Subject& subject, std::span<const Lint> lints,
          diagnostics::Diagnostics& diagnostics);

}  // namespace aipol::lint
