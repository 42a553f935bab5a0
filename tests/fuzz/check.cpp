// Any bytes as a policy set: the whole front end ends, with diagnostics that can be shown or with a plan that holds
// together.
#include <cstdio>
#include <cstdlib>

#include "tests/support/front_end.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto fault = aipol::testing::find_front_end_fault({reinterpret_cast<const char*>(data), size}, false);
  if (!fault) return 0;
  std::fprintf(stderr, "%s\n", fault->c_str());
  std::abort();
}
