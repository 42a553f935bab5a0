// Any bytes as a set of keys: no crash, and each key that is taken is one that OpenSSL can verify
// with.
#include <cstdint>
#include <cstdlib>

#include "runtime/identity/jws.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aipol::identity;
  auto keys = parse_key_set({reinterpret_cast<const char*>(data), size});
  if (!keys) return 0;
  if (keys->size() > 100) std::abort();
  Jws jws;
  jws.signed_part = "a.b";
  jws.signature.assign(64, '\x01');
  for (const PublicKey& key : *keys) {
    const bool strong = key.kind != "RSA" || EVP_PKEY_get_bits(key.handle.get()) >= 2048;
    if (!strong) std::abort();
    for (const char* name : {"RS256", "PS256", "ES256", "ES384", "ES512", "EdDSA"}) {
      const Algorithm& algorithm = *find_algorithm(name);
      if (is_signed(jws, algorithm, key)) std::abort();
    }
  }
  const KeySet set(std::move(*keys));
  (void)set.select(std::nullopt, *find_algorithm("RS256"));
  return 0;
}
