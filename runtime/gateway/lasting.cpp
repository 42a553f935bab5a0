#include "runtime/gateway/lasting.h"

#include <random>

namespace aipol::gateway {

Lasting::Lasting() {
  std::random_device device;
  for (uint64_t& word : redaction_secret) word = uint64_t{device()} << 32 | device();
}

}  // namespace aipol::gateway
