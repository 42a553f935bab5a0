// identity NAME : api_key — a key file in memory, found by the hash of what the client presents.
#include <cstring>
#include <unordered_map>

#include "runtime/identity/credential.h"
#include "runtime/identity/key_file.h"
#include "runtime/identity/kinds.h"
#include "runtime/identity/watched_file.h"

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
using Keys = std::unordered_map<KeyHash, Key, FirstBytes>;
using KeysFile = WatchedFile<Keys>;

Result<std::unique_ptr<const Keys>> read_keys(const std::filesystem::path& path) {
  auto list = read_key_file(path);
  if (!list) return std::unexpected(list.error());
  auto keys = std::make_unique<Keys>();
  for (Key& key : *list) {
    const KeyHash hash = key.hash;
    keys->emplace(hash, std::move(key));
  }
  return keys;
}

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

class ApiKeys final : public Identity {
 public:
  ApiKeys(std::string name, std::shared_ptr<const KeysFile> file)
      : name_(std::move(name)), file_(std::move(file)) {}

  const std::shared_ptr<const KeysFile>& file() const { return file_; }

  Verdict check(const Credential& credential, int64_t time_ns,
                context::Principal& principal) const override {
    const auto keys = file_->read();
    const auto found = keys->find(credential.hash());
    if (found == keys->end()) return {};
    const Key& key = found->second;
    if (key.revoked_ns && *key.revoked_ns <= time_ns)
      return {Verdict::Kind::bad, "the API key was revoked"};
    if (key.expires_ns && *key.expires_ns <= time_ns)
      return {Verdict::Kind::bad, "the API key has expired"};
    fill(key, principal);
    return {Verdict::Kind::known, {}};
  }

  Health health() const override {
    Health health = file_->health();
    health.identity = name_;
    health.keys = file_->read()->size();
    return health;
  }

 private:
  const std::string name_;
  const std::shared_ptr<const KeysFile> file_;
};

}  // namespace

Result<std::unique_ptr<const Identity>> load_api_keys(const plan::Identity& declared,
                                                      const Setting& setting) {
  const auto path = setting.folder / declared.file;
  for (const Identity* before : setting.before) {
    const auto* keys = dynamic_cast<const ApiKeys*>(before);
    if (keys != nullptr && keys->file()->path() == path)
      return std::make_unique<ApiKeys>(declared.name, keys->file());
  }
  auto file = KeysFile::open(path, read_keys, declared.name, setting.report);
  if (!file) return std::unexpected(file.error());
  return std::make_unique<ApiKeys>(declared.name, std::move(*file));
}

}  // namespace aipol::identity
