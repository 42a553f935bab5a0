// Layout -> LLVM module: one function for each stage, shape and computed value. The code depends on shapes alone: an edit
// of a policy's constants gives the same module.
#pragma once

#include <string>

#include "compiler/lowered/module.h"
#include "plan/layout.h"

namespace aipol::compiler {

Lowered lower(const plan::Plan& plan, const plan::Layout& layout);

// As LLVM assembly.
std::string text(const Lowered& lowered);

}  // namespace aipol::compiler
