// Interpreter against native code, the plan or the policies and the requests drawn from the fuzzer's bytes.
#include <cstdio>
#include <cstdlib>

#include "tests/support/differential.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aipol::testing;
  Choices choices(std::span(data, size));
  auto difference = choices.one_in(4) ? find_policy_difference(choices, 4) : find_difference(choices, 4);
  if (!difference) return 0;
  std::fprintf(stderr, "%s\n", difference->c_str());
  std::abort();
}
