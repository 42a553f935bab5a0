// Interpreter against native code, the plan and the requests drawn from the fuzzer's bytes.
#include <cstdio>
#include <cstdlib>

#include "tests/support/differential.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  aipol::testing::Choices choices(std::span(data, size));
  auto difference = aipol::testing::find_difference(choices, 4);
  if (!difference) return 0;
  std::fprintf(stderr, "%s\n", difference->c_str());
  std::abort();
}
