#include "runtime/identity/claims.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/saturate.h"
#include "runtime/identity/strict_json.h"

namespace aipol::identity {
namespace {

using Json = nlohmann::json;

constexpr int deepest = 16;
constexpr int64_t ns_per_second = 1'000'000'000;

// Seconds since the epoch, with a fraction maybe, as nanoseconds; those of years beyond 2261 are of
// that year.
std::optional<int64_t> time_of(const Json& value) {
  constexpr double most = 9.2e9;
  if (value.is_number_integer() && !value.is_number_unsigned())
    return saturating_multiply(value.get<int64_t>(), ns_per_second);
  if (value.is_number_unsigned() && value.get<uint64_t>() <= most)
    return static_cast<int64_t>(value.get<uint64_t>()) * ns_per_second;
  if (!value.is_number()) return std::nullopt;
  const double seconds = value.get<double>();
  if (!std::isfinite(seconds)) return std::nullopt;
  return std::llround(std::clamp(seconds, -most, most) * 1e9);
}

}  // namespace

Judged<Token> parse_token(std::string_view text) {
  auto jws = parse_jws(text);
  if (!jws) return refused(jws.error());
  auto claims = parse_strict_json<Json>(jws->payload, deepest);
  if (!claims || !claims->is_object()) return refused("the token is malformed");
  return Token{std::move(*jws), std::move(*claims)};
}

bool is_issued_by(const Json& claims, std::string_view issuer) {
  const auto found = claims.find("iss");
  return found != claims.end() && *found == issuer;
}

bool is_meant_for(const Json& claims, std::string_view audience) {
  const auto found = claims.find("aud");
  if (found == claims.end()) return false;
  if (!found->is_array()) return *found == audience;
  return std::any_of(found->begin(), found->end(),
                     [&](const Json& one) { return one == audience; });
}

Judged<Lifetime> check_times(const Json& claims, int64_t leeway_ns, int64_t time_ns) {
  if (!claims.contains("exp")) return refused("the token does not say when it expires");
  const auto expires = time_of(claims["exp"]);
  if (!expires) return refused("the token is malformed");
  Lifetime life;
  life.expires_ns = *expires;
  life.until_ns = saturating_add(*expires, leeway_ns);
  for (const char* member : {"nbf", "iat"}) {
    if (!claims.contains(member)) continue;
    const auto from = time_of(claims[member]);
    if (!from) return refused("the token is malformed");
    life.from_ns = std::max(life.from_ns, saturating_subtract(*from, leeway_ns));
  }
  if (time_ns >= life.until_ns) return refused("the token has expired");
  if (time_ns < life.from_ns) return refused("the token is not valid yet");
  return life;
}

}  // namespace aipol::identity
