// Any bytes as a policy file: what parses is formatted without a change of meaning, keeps its
// comments, and is not changed by formatting it again.
#include <cstdio>
#include <cstdlib>

#include "tests/support/formatting.h"

using namespace aipol;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  testing::Formatted result =
      testing::formatted(std::string(reinterpret_cast<const char*>(data), size));
  if (result.fault.empty()) return 0;
  std::fprintf(stderr, "%s\n", result.fault.c_str());
  std::abort();
}
