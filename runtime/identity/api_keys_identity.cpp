// identity NAME : api_key — a key file in memory, found by the hash of what the client presents.
#include <cstring>
#include <unordered_map>

#include "runtime/identity/identities.h"
#include "runtime/identity/key_file.h"

namespace aipol::identity {
namespace {

// Hashes of random keys are uniform: any eight bytes of them serve. Timing tells an attacker about
// the hash of a guess, which tells nothing about keys.
struct FirstBytes {
  size_t operator()(const KeyHash& hash) const {
    size_t value = 0;
    std::memcpy(&value, hash.data(), sizeof value);
    return value;
  }
};

void fill(const Key& key, context::Principal& principal) {
  principal.kind = key.kind;
  principal.method = "api_key";
  principal.id = key.id;
  principal.name = key.name;
  principal.tenant = key.tenant;
  principal.roles = key.roles;
  principal.groups = key.groups;
  principal.expires_ns = key.expires_ns;
  principal.attributes = key.attributes;
}

class ApiKeys : public Identity {
 public:
  explicit ApiKeys(std::vector<Key> keys) {
    for (Key& key : keys) {
      const KeyHash hash = key.hash;
      keys_.emplace(hash, std::move(key));
    }
  }

  Verdict check(std::string_view credential, int64_t time_ns,
                context::Principal& principal) const override {
    const auto found = keys_.find(hash_key(credential));
    if (found == keys_.end()) return {};
    const Key& key = found->second;
    if (key.revoked_ns && *key.revoked_ns <= time_ns)
      return {Verdict::Kind::bad, "the API key was revoked"};
    if (key.expires_ns && *key.expires_ns <= time_ns)
      return {Verdict::Kind::bad, "the API key has expired"};
    fill(key, principal);
    return {Verdict::Kind::known, {}};
  }

 private:
  std::unordered_map<KeyHash, Key, FirstBytes> keys_;
};

}  // namespace

Result<std::unique_ptr<const Identity>> load_api_keys(const std::filesystem::path& file) {
  auto keys = read_key_file(file);
  if (!keys) return std::unexpected(keys.error());
  return std::make_unique<ApiKeys>(std::move(*keys));
}

}  // namespace aipol::identity
