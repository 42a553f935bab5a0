// Any bytes as a configuration of LiteLLM: no crash, and what is imported is a policy set that is
// accepted.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "importing/litellm.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aipol::importing;
  const auto translation = import_litellm({reinterpret_cast<const char*>(data), size}, "fuzz.yaml");
  if (!translation && translation.error().message.starts_with("nothing is written")) std::abort();
  return 0;
}
