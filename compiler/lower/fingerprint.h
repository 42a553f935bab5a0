// What lowering reads, as bytes: equal bytes lower to equal modules, whatever the data (domains,
// entries, statements, operands). So an edit that changes only data finds its code in the cache,
// and finding it takes no LLVM.
#pragma once

#include <string>

#include "plan/layout.h"

namespace aipol::compiler {

// Must name everything that code in this folder reads of plan and layout; what else decides (this
// build, the CPU, the tier) is the key's (compiler/jit/object_key.h).
std::string fingerprint(const plan::Plan& plan, const plan::Layout& layout);

}  // namespace aipol::compiler
