#include "runtime/identity/token_cache.h"

#include <algorithm>
#include <cstring>

namespace aipol::identity {

TokenCache::Set& TokenCache::set_of(const KeyHash& hash) const {
  uint64_t bits = 0;
  std::memcpy(&bits, hash.data(), sizeof bits);
  return sets_[bits % sets_.size()];
}

std::shared_ptr<const VerifiedToken> TokenCache::find(const KeyHash& hash) const {
  const Set& set = set_of(hash);
  const std::lock_guard<std::mutex> lock(set.lock);
  for (const Slot& slot : set.slots) {
    if (slot.token && slot.hash == hash) return slot.token;
  }
  return nullptr;
}

void TokenCache::insert(const KeyHash& hash, std::shared_ptr<const VerifiedToken> token) {
  const auto until = [&](const Slot& slot) {
    return !slot.token || slot.hash == hash ? INT64_MIN : slot.token->until_ns;
  };
  Set& set = set_of(hash);
  const std::lock_guard<std::mutex> lock(set.lock);
  Slot& slot = *std::ranges::min_element(set.slots, {}, until);
  slot = {hash, std::move(token)};
}

}  // namespace aipol::identity
