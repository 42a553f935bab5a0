// Every lint there is: the rows of compiler/lint/lints.def, each with a file of its name here.
#pragma once

#include <span>

#include "compiler/lint/context.h"

namespace aipol::lint {

std::span<const Lint> all_lints();

}  // namespace aipol::lint
