// Any bytes as what a file or a server kept: a counter of Redis, the tags of a session, an address.
// No crash; what was read is written so that it reads the same; no address' error repeats it.
#include <cstdint>
#include <cstdlib>

#include "runtime/stores/redis_address.h"
#include "runtime/stores/redis_counter.h"
#include "runtime/stores/session_bytes.h"

namespace {

using namespace aipol::stores;

void counter(std::string_view bytes) {
  auto counter = counter_of(bytes);
  if (!counter) return;
  std::string once = value_of(*counter);
  auto again = counter_of(once);
  if (!again || value_of(*again) != once) std::abort();
  again->note_open(1, again->state.open + 1);
  again->drop_owners_except({});
  if (again->state.open != 0 || !counter_of(value_of(*again))) std::abort();
}

void tags(std::string_view bytes) {
  auto tags = tags_of(bytes);
  if (tags && tags_of(tags_as_bytes(*tags)) != tags) std::abort();
}

void address(std::string_view bytes) {
  auto address = parse_redis_address(bytes);
  if (address && (address->host.empty() || address->port == 0)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  counter(bytes);
  tags(bytes);
  address(bytes);
  address("redis://" + std::string(bytes));
  return 0;
}
