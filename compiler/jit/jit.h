// LLVM module -> native code of this machine, in two steps: an object file's bytes, which a cache
// may keep, and code in memory.
#pragma once

#include <string>

#include "base/result.h"
#include "compiler/jit/native_code.h"
#include "compiler/lowered/module.h"
#include "plan/layout.h"

namespace aipol::compiler {

// Good where that costs little, fast where there is much to compile.
Tier tier_for(const Lowered& lowered);

// A relocatable object for the CPU this runs on. Uses the module up.
Result<std::string> assemble(Lowered lowered, Tier tier);

// The object must be assembled from this layout.
Result<NativeCode> load(const std::string& object, Tier tier, const plan::Layout& layout);

}  // namespace aipol::compiler
