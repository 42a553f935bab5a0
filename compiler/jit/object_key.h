// Names an object file by all that decides what it holds.
#pragma once

#include <string>
#include <string_view>

#include "compiler/jit/jit.h"

namespace aipol::compiler {

// 64 hexadecimal digits: a SHA-256 over the fingerprint, the tier, this program's build (and with
// it LLVM's version and what code may call) and this CPU. Empty where the program has no build
// number: then nothing may be kept.
std::string object_key(std::string_view fingerprint, Tier tier);

}  // namespace aipol::compiler
