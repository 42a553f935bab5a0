// Tokens that were verified, so that one that comes again costs a hash and not a signature.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "runtime/context/call.h"
#include "runtime/identity/api_key.h"

namespace aipol::identity {

struct VerifiedToken {
  uint64_t generation = 0;            // of the keys that verified it (KeySet::generation)
  int64_t from_ns = 0, until_ns = 0;  // good from, and until before
  context::Principal principal;

  bool holds(uint64_t keys, int64_t time_ns) const {
    return generation == keys && time_ns >= from_ns && time_ns < until_ns;
  }
};

// At most `sets` × 4 tokens, by the SHA-256 of their texts. Only good tokens come in, so that
// strangers can not push them out.
class TokenCache {
 public:
  explicit TokenCache(size_t sets = 1024) : sets_(sets) {}

  // Null where it is not there.
  std::shared_ptr<const VerifiedToken> find(const KeyHash& hash) const;
  // In the place of what has expired, else of what expires first.
  void insert(const KeyHash& hash, std::shared_ptr<const VerifiedToken> token);

 private:
  struct Slot {
    KeyHash hash{};
    std::shared_ptr<const VerifiedToken> token;
  };
  // Threads meet at a lock only where their tokens are of one set, and hold it for a copy of a
  // pointer.
  struct Set {
    mutable std::mutex lock;
    std::array<Slot, 4> slots;
  };
  Set& set_of(const KeyHash& hash) const;

  mutable std::vector<Set> sets_;
};

}  // namespace aipol::identity
