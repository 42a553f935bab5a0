// Whether the columns that are read from a call at once are those that its facts make.
#pragma once

#include <optional>
#include <string>

#include "plan/layout.h"
#include "runtime/decision/program.h"

namespace aipol::testing {

// The first column of the stage that differs, or nothing.
std::optional<std::string> column_difference(const decision::Program& program,
                                             const plan::Layout& layout, plan::Phase phase,
                                             const context::Call& call,
                                             const context::Surroundings& around);

}  // namespace aipol::testing
