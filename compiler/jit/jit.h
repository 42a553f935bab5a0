// LLVM module -> native code of this machine, in two steps: an object file's bytes, which a cache may keep, and code in
// memory.
#pragma once

#include <string>

#include "base/result.h"
#include "compiler/jit/native_code.h"
#include "compiler/lowered/module.h"
#include "plan/layout.h"

namespace aipol::compiler {

// How much time to spend on good code. Measured on the benchmark's seven shapes: fast 3 ms, good 10 ms for code that
// decides in two thirds of the time; on large random shapes good takes eight times as long as fast.
enum class Tier : uint8_t { fast, good };

// Good where that costs little, fast where there is much to compile.
Tier tier_for(const Lowered& lowered);

// A relocatable object for the CPU this runs on. Uses the module up.
Result<std::string> assemble(Lowered lowered, Tier tier);

// The object must be assembled from this layout.
Result<NativeCode> load(const std::string& object, const plan::Layout& layout);

// Both, by tier_for.
Result<NativeCode> compile(Lowered lowered, const plan::Layout& layout);

}  // namespace aipol::compiler
