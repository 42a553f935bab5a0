// ip.*
#include "stdlib/native/cells.h"
#include "stdlib/native/natives.h"

namespace aipol::native {

namespace {

bool private_v4(uint32_t address) {
  return address >> 24 == 10 || address >> 20 == 0xAC1 || address >> 16 == 0xC0A8 || address >> 24 == 127 ||
         address >> 16 == 0xA9FE;
}

}  // namespace

// Networks that the internet does not route: RFC 1918, unique local fc00::/7, loopback and link-local addresses.
void ip_is_private(const AipolCell* arguments, AipolCell* result, AipolScratch*) {
  uint64_t high = arguments[0].a, low = arguments[0].b;
  bool mapped = high == 0 && low >> 32 == 0xFFFF;
  bool local = high >> 57 == 0xFC >> 1 || high >> 54 == 0xFE80 >> 6 || (high == 0 && low == 1);
  *result = cell_of(mapped ? private_v4(static_cast<uint32_t>(low)) : local);
}

}  // namespace aipol::native
