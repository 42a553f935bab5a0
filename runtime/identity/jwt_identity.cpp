// identity NAME : jwt — signed tokens of an issuer, verified with the keys that it publishes.
#include <algorithm>

#include "base/saturate.h"
#include "runtime/identity/credential.h"
#include "runtime/identity/key_source.h"
#include "runtime/identity/kinds.h"
#include "runtime/identity/mapping.h"
#include "runtime/identity/token_cache.h"

namespace aipol::identity {
namespace {

constexpr int64_t longest_cached_ns = 300'000'000'000;  // 5 minutes

constexpr Verdict known{Verdict::Kind::known, {}};
constexpr Verdict bad(std::string_view reason) { return {Verdict::Kind::bad, reason}; }
constexpr Verdict not_mine(std::string_view reason) { return {Verdict::Kind::anonymous, reason}; }

class Jwt final : public Identity {
 public:
  Jwt(plan::Identity declared, std::shared_ptr<const KeySource> source)
      : declared_(std::move(declared)), source_(std::move(source)) {
    for (const std::string& name : declared_.algorithms) {
      if (const Algorithm* algorithm = find_algorithm(name)) algorithms_.push_back(algorithm);
    }
  }

  const std::shared_ptr<const KeySource>& source() const { return source_; }

  Verdict check(const Credential& credential, int64_t time_ns,
                context::Principal& principal) const override {
    const auto keys = source_->read();
    const auto before = cache_.find(credential.hash());
    if (before && keys && before->holds(keys->generation(), time_ns)) {
      principal = before->principal;
      return known;
    }
    if (!has_token_form(credential.text())) return {};
    const Judged<Token>& token = credential.token();
    if (!token) return not_mine(token.error());
    if (!is_issued_by(token->claims, declared_.issuer)) return not_mine(unknown_issuer);
    if (!is_meant_for(token->claims, declared_.audience))
      return not_mine("the token is meant for another audience");
    if (!keys) return bad("the issuer's keys are not known yet");
    return verify(*token, *keys, credential.hash(), time_ns, principal);
  }

  Health health() const override {
    Health health = source_->health();
    health.identity = declared_.name;
    return health;
  }

 private:
  Verdict verify(const Token& token, const KeySet& keys, const KeyHash& hash, int64_t time_ns,
                 context::Principal& principal) const {
    const Algorithm* algorithm = find_algorithm(token.jws.algorithm);
    if (algorithm == nullptr || std::ranges::find(algorithms_, algorithm) == algorithms_.end())
      return bad("the token is signed in a way that is not accepted");
    const auto key = keys.select(token.jws.key_id, *algorithm);
    const bool good = key && is_signed(token.jws, *algorithm, **key);
    // A key that is not known, or none that is named, may be a new one.
    if (!good && (!token.jws.key_id || (!key && key.error() == KeySet::unknown_key)))
      source_->ask();
    if (!key) return bad(key.error());
    if (!good) return bad("the token's signature is not that of its issuer");
    const auto life = check_times(token.claims, declared_.leeway.count(), time_ns);
    if (!life) return bad(life.error());
    fill(token, *life, principal);
    remember(*life, keys.generation(), hash, time_ns, principal);
    return known;
  }

  void fill(const Token& token, const Lifetime& life, context::Principal& principal) const {
    principal = {};
    principal.kind = "user";
    principal.method = "jwt";
    principal.expires_ns = life.expires_ns;
    const bool id_mapped = std::ranges::any_of(
        declared_.map, [](const auto& mapping) { return mapping.field == "id"; });
    if (!id_mapped) map_claims(token.claims, by_default_, principal);
    map_claims(token.claims, declared_.map, principal);
  }

  void remember(const Lifetime& life, uint64_t generation, const KeyHash& hash, int64_t time_ns,
                const context::Principal& principal) const {
    auto verified = std::make_shared<VerifiedToken>();
    verified->generation = generation;
    verified->from_ns = life.from_ns;
    verified->until_ns = std::min(life.until_ns, saturating_add(time_ns, longest_cached_ns));
    verified->principal = principal;
    cache_.insert(hash, std::move(verified));
  }

  const plan::Identity declared_;
  const std::shared_ptr<const KeySource> source_;
  const std::vector<plan::Identity::Mapping> by_default_ = {{"id", "sub", "", std::nullopt}};
  std::vector<const Algorithm*> algorithms_;
  mutable TokenCache cache_;
};

}  // namespace

Result<std::unique_ptr<const Identity>> load_jwt(const plan::Identity& declared,
                                                 const Setting& setting) {
  for (const Identity* before : setting.before) {
    const auto* jwt = dynamic_cast<const Jwt*>(before);
    if (jwt != nullptr && jwt->source()->serves(declared, setting.folder))
      return std::make_unique<Jwt>(declared, jwt->source());
  }
  auto source = open_key_source(declared, setting.folder, setting.report);
  if (!source) return std::unexpected(source.error());
  return std::make_unique<Jwt>(declared, std::move(*source));
}

}  // namespace aipol::identity
