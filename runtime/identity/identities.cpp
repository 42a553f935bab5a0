#include "runtime/identity/identities.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace aipol::identity {
namespace {

Result<std::unique_ptr<const Identity>> load_one(const plan::Identity& declared,
                                                 const std::filesystem::path& folder) {
  if (declared.kind == "api_key") return load_api_keys(folder / declared.file);
  return failure(fmt::format("the kind {} is not served", declared.kind));
}

bool starts_with_bearer(std::string_view text) {
  constexpr std::string_view scheme = "bearer ";
  return text.size() > scheme.size() &&
         std::equal(scheme.begin(), scheme.end(), text.begin(),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
}

// The credential in a header's value; with `authorization` what follows "Bearer" (RFC 6750). Empty:
// none.
std::string_view credential_in(std::string_view header, std::string_view value) {
  if (header != "authorization") return value;
  if (!starts_with_bearer(value)) return {};
  value.remove_prefix(7);
  value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
  return value;
}

constexpr Verdict bad(std::string_view reason) { return {Verdict::Kind::bad, reason}; }

}  // namespace

Result<Identities> Identities::load(const std::vector<plan::Identity>& declared,
                                    const std::filesystem::path& folder) {
  Identities all;
  for (const plan::Identity& one : declared) {
    auto loaded = load_one(one, folder);
    if (!loaded) return failure(fmt::format("identity {}: {}", one.name, loaded.error().message));
    all.entries_.push_back({one.header, std::move(*loaded)});
    if (std::find(all.headers_.begin(), all.headers_.end(), one.header) == all.headers_.end()) {
      all.headers_.push_back(one.header);
    }
  }
  return all;
}

Verdict Identities::identify(const Headers& headers, int64_t time_ns,
                             context::Principal& principal) const {
  Verdict result;
  for (const std::string& name : headers_) {
    context::Principal other;
    const bool first = result.kind == Verdict::Kind::anonymous;
    const Verdict verdict = check_header(headers, name, time_ns, first ? principal : other);
    if (verdict.kind == Verdict::Kind::bad) return verdict;
    if (first) result = verdict;
  }
  return result;
}

Verdict Identities::check_header(const Headers& headers, std::string_view name, int64_t time_ns,
                                 context::Principal& principal) const {
  const std::string* value = nullptr;
  for (const auto& [header, text] : headers) {
    if (header != name) continue;
    if (value != nullptr) return bad("there is more than one credential in one header");
    value = &text;
  }
  if (value == nullptr) return {};
  const std::string_view credential = credential_in(name, *value);
  if (credential.empty()) return bad("the credential is not of a kind that is known here");
  for (const Entry& entry : entries_) {
    if (entry.header != name) continue;
    const Verdict verdict = entry.identity->check(credential, time_ns, principal);
    if (verdict.kind != Verdict::Kind::anonymous) return verdict;
  }
  return bad("the credential is not known");
}

}  // namespace aipol::identity
