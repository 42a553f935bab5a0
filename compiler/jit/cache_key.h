// Names what is kept by all that decides what it holds.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aipol::compiler {

// 64 hexadecimal digits: a BLAKE3 hash over this program's build (and with it LLVM's version, the
// standard library and what code may call) and the parts. Empty where the program has no build
// number: then nothing may be kept.
std::string cache_key(const std::vector<std::string_view>& parts);

}  // namespace aipol::compiler
