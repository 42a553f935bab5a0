#include <atomic>

#include "runtime/identity/jwk.h"

namespace aipol::identity {
namespace {

uint64_t next_generation() {
  static std::atomic<uint64_t> last{0};
  return ++last;
}

}  // namespace

KeySet::KeySet(std::vector<PublicKey> keys)
    : keys_(std::move(keys)), generation_(next_generation()) {}

Judged<const PublicKey*> KeySet::select(const std::optional<std::string>& id,
                                        const Algorithm& algorithm) const {
  const PublicKey* found = nullptr;
  bool named = false;
  for (const PublicKey& key : keys_) {
    if (id && key.id != id) continue;
    named = true;
    if (!key.fits(algorithm)) continue;
    if (found != nullptr) return refused("more than one of the issuer's keys fits the token");
    found = &key;
  }
  if (found != nullptr) return found;
  return refused(id && named ? "the token's algorithm is not that of its key" : unknown_key);
}

}  // namespace aipol::identity
