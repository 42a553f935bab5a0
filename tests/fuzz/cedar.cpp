// Any bytes as Cedar's policies: no crash, and what is imported is a policy set that is accepted.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "importing/cedar.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aipol::importing;
  CedarInput input;
  input.policies.push_back({"fuzz.cedar", std::string(reinterpret_cast<const char*>(data), size)});
  const auto translation = import_cedar(input);
  if (!translation && translation.error().message.starts_with("nothing is written")) std::abort();
  return 0;
}
