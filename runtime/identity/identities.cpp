#include "runtime/identity/identities.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "runtime/identity/credential.h"
#include "runtime/identity/kinds.h"

namespace aipol::identity {
namespace {

using Kind = Verdict::Kind;

Result<std::unique_ptr<const Identity>> load_one(const plan::Identity& declared,
                                                 const Setting& setting) {
  if (declared.kind == "api_key") return load_api_keys(declared, setting);
  if (declared.kind == "jwt") return load_jwt(declared, setting);
  return failure(fmt::format("the kind {} is not served", declared.kind));
}

bool starts_with_bearer(std::string_view text) {
  constexpr std::string_view scheme = "bearer ";
  return text.size() > scheme.size() &&
         std::equal(scheme.begin(), scheme.end(), text.begin(),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
}

// The credential in a header's value: what follows "Bearer" (RFC 6750), which may be missing in
// headers other than `authorization`. Empty: none.
std::string_view credential_in(std::string_view header, std::string_view value) {
  if (!starts_with_bearer(value)) return header == "authorization" ? std::string_view() : value;
  value.remove_prefix(7);
  value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
  return value;
}

constexpr Verdict bad(std::string_view reason) { return {Kind::bad, reason}; }

}  // namespace

Result<Identities> Identities::load(const std::vector<plan::Identity>& declared,
                                    const std::filesystem::path& folder, const Options& options) {
  Identities all;
  for (size_t i = 0; i < declared.size(); ++i) {
    const auto added = all.add(declared[i], i, folder, options);
    if (!added)
      return failure(fmt::format("identity {}: {}", declared[i].name, added.error().message));
  }
  return all;
}

Result<void> Identities::add(const plan::Identity& declared, size_t number,
                             const std::filesystem::path& folder, const Options& options) {
  if (declared.kind == "mtls") {
    auto loaded = Mtls::load(declared, folder);
    if (!loaded) return std::unexpected(loaded.error());
    mtls_.push_back({number, "", std::move(*loaded)});
    return {};
  }
  Setting setting{folder, options.report, {}};
  for (size_t i = 0; options.before != nullptr && i < options.before->entries_.size(); ++i)
    setting.before.push_back(options.before->entries_[i].identity.get());
  // Two of one file or issuer share it, too.
  for (const auto& entry : entries_) setting.before.push_back(entry.identity.get());
  auto loaded = load_one(declared, setting);
  if (!loaded) return std::unexpected(loaded.error());
  entries_.push_back({number, declared.header, std::move(*loaded)});
  if (std::ranges::find(headers_, declared.header) == headers_.end())
    headers_.push_back(declared.header);
  return {};
}

Peer Identities::check_peer(X509* certificate, stack_st_X509* chain, int64_t time_ns) const {
  Peer first;
  if (certificate == nullptr) return first;
  for (const auto& [number, header, identity] : mtls_) {
    Peer peer = identity->check(certificate, chain, time_ns);
    peer.identity = number;
    if (peer.verdict.kind == Kind::known) return peer;
    // An authority that knows it says better what is wrong with it.
    const bool better =
        first.verdict.kind == Kind::anonymous || first.verdict.reason == Mtls::unknown_authority;
    if (better) first = std::move(peer);
  }
  return first;
}

Verdict Identities::identify(const Headers& headers, const Peer* peer, int64_t time_ns,
                             context::Principal& principal) const {
  Found best;
  const auto take = [&](const Found& found, context::Principal& who) {
    const bool earlier = best.verdict.kind == Kind::anonymous || found.identity < best.identity;
    if (found.verdict.kind != Kind::known || !earlier) return;
    best = found;
    principal = std::move(who);
  };
  const auto refuse = [&](Verdict verdict) {
    principal = {};
    return verdict;
  };
  if (peer != nullptr && peer->verdict.kind != Kind::anonymous) {
    if (peer->verdict.kind == Kind::bad) return refuse(peer->verdict);
    if (time_ns >= peer->until_ns) return refuse(bad("the client's certificate has expired"));
    context::Principal who = peer->principal;
    take({peer->verdict, peer->identity}, who);
  }
  for (const std::string& name : headers_) {
    context::Principal who;
    const Found found = check_header(headers, name, time_ns, who);
    if (found.verdict.kind == Kind::bad) return refuse(found.verdict);
    take(found, who);
  }
  return best.verdict;
}

Identities::Found Identities::check_header(const Headers& headers, std::string_view name,
                                           int64_t time_ns, context::Principal& principal) const {
  const std::string* value = nullptr;
  for (const auto& [header, text] : headers) {
    if (header != name) continue;
    if (value != nullptr) return {bad("there is more than one credential in one header")};
    value = &text;
  }
  if (value == nullptr) return {};
  const std::string_view text = credential_in(name, *value);
  if (text.empty()) return {bad("the credential is not of a kind that is known here")};
  const Credential credential(text);
  std::string_view reason;
  for (const auto& [number, header, identity] : entries_) {
    if (header != name) continue;
    const Verdict verdict = identity->check(credential, time_ns, principal);
    if (verdict.kind != Kind::anonymous) return {verdict, number};
    const bool better = reason.empty() || reason == unknown_issuer;
    if (better && !verdict.reason.empty()) reason = verdict.reason;
  }
  return {bad(reason.empty() ? "the credential is not known" : reason)};
}

std::vector<Health> Identities::health() const {
  std::vector<Health> all;
  for (const auto& entry : entries_) all.push_back(entry.identity->health());
  return all;
}

bool Identities::wait_until_ready(std::chrono::milliseconds longest) const {
  const auto end = std::chrono::steady_clock::now() + longest;
  for (;;) {
    if (std::ranges::all_of(health(), &Health::keys_loaded)) return true;
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

}  // namespace aipol::identity
