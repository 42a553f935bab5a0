// Any bytes as a key file: no crash, and what was read is written so that it reads the same.
#include <cstdint>
#include <cstdlib>

#include "runtime/identity/key_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aipol::identity;
  const auto keys = parse_key_file({reinterpret_cast<const char*>(data), size});
  if (!keys) return 0;
  const auto again = parse_key_file(format_key_file(*keys));
  if (!again || again->size() != keys->size()) std::abort();
  for (size_t i = 0; i < keys->size(); ++i) {
    if ((*again)[i].hash != (*keys)[i].hash || (*again)[i].expires_ns != (*keys)[i].expires_ns)
      std::abort();
  }
  return 0;
}
