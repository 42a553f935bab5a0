// The CPU that this runs on, as LLVM names it.
#pragma once

#include <string>

namespace aipol::compiler {

// "+avx2,-avx512f,…", in an order of its own that is always the same.
const std::string& host_features();
const std::string& host_cpu();
const std::string& host_triple();

}  // namespace aipol::compiler
