// LLVM module -> native code of this machine, in two steps: an object file's bytes, which a cache may keep, and code in
// memory.
#pragma once

#include <string>

#include "base/result.h"
#include "compiler/jit/native_code.h"
#include "compiler/lowered/module.h"
#include "plan/layout.h"

namespace aipol::compiler {

// How much time to spend on good code. Measured per function: fast 0.3 ms, good 2.5 ms.
enum class Tier : uint8_t { fast, good };

// A relocatable object for the CPU this runs on. Uses the module up.
Result<std::string> assemble(Lowered lowered, Tier tier);

// The object must be assembled from this layout.
Result<NativeCode> load(const std::string& object, const plan::Layout& layout);

// Both.
Result<NativeCode> compile(Lowered lowered, const plan::Layout& layout, Tier tier = Tier::fast);

}  // namespace aipol::compiler
