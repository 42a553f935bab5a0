// The public keys that an issuer signs with (JSON Web Keys, RFC 7517).
#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/identity/algorithm.h"
#include "runtime/identity/judged.h"

namespace aipol::identity {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using KeyHandle = std::unique_ptr<EVP_PKEY, FreeKey>;

struct PublicKey {
  std::optional<std::string> id;  // `kid`
  std::string kind, curve;        // `kty`, `crv`
  std::string algorithm;          // `alg`; empty: each of its kind
  KeyHandle handle;

  bool fits(const Algorithm& with) const {
    return kind == with.kind && curve == with.curve &&
           (algorithm.empty() || algorithm == with.name);
  }
};

class KeySet {
 public:
  explicit KeySet(std::vector<PublicKey> keys);

  // The one key that a token must be signed with: of those with its `kid`, or of all where it names
  // none, the only one that fits the algorithm.
  Judged<const PublicKey*> select(const std::optional<std::string>& id,
                                  const Algorithm& algorithm) const;

  const std::vector<PublicKey>& keys() const { return keys_; }
  // No two sets have the same.
  uint64_t generation() const { return generation_; }

  static constexpr std::string_view unknown_key = "the token is signed with a key that is unknown";

 private:
  std::vector<PublicKey> keys_;
  uint64_t generation_;
};

// The keys of the text of a JWK Set that can verify signatures. Left out are those of other kinds
// and uses, those that are malformed, RSA keys below 2048 or beyond 8192 bits, with an exponent
// that is no odd number from 3 on, or with the weakness ROCA (CVE-2017-15361), points that are not
// on their curve. An error where it is no JWK Set, or has more than 100 keys.
Result<std::vector<PublicKey>> parse_key_set(std::string_view text);

}  // namespace aipol::identity
