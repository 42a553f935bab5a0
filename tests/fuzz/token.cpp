// Any bytes as a token: no crash, and what is read is what its three parts say, in the one form
// that they have.
#include <cstdint>
#include <cstdlib>

#include "runtime/identity/base64url.h"
#include "runtime/identity/claims.h"
#include "runtime/identity/mapping.h"

namespace {

std::string encoded(const std::string& text) {
  return aipol::identity::encode_base64url(reinterpret_cast<const unsigned char*>(text.data()),
                                           text.size());
}

void map_all(const nlohmann::json& claims) {
  std::vector<aipol::plan::Identity::Mapping> mapping;
  for (const char* field :
       {"kind", "id", "name", "roles", "groups", "scopes", "mfa", "expires", "actor", "team"}) {
    for (const char* claim : {"sub", "a.b", "scope", "aud"}) {
      mapping.push_back({field, claim, "", std::nullopt});
      mapping.push_back({field, claim, "mfa", std::nullopt});
    }
  }
  aipol::context::Principal principal;
  aipol::identity::map_claims(claims, mapping, principal);
  if (principal.kind != "anonymous" && principal.kind != "user" && principal.kind != "app")
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aipol::identity;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto token = parse_token(text);
  if (!token) {
    // The payload of itself, so that claims are reached more often than base64url lets through.
    const std::string wrapped =
        encoded(R"({"alg":"ES256"})") + "." + encoded(std::string(text)) + ".AA";
    const auto inner = parse_token(wrapped);
    if (inner)
      map_all(inner->claims), (void)check_times(inner->claims, 60, 1'700'000'000'000'000'000);
    return 0;
  }
  const Jws& jws = token->jws;
  if (std::string(jws.signed_part) + "." + encoded(jws.signature) != text) std::abort();
  if (jws.signed_part.substr(jws.signed_part.find('.') + 1) != encoded(jws.payload)) std::abort();
  const auto life = check_times(token->claims, 60, 1'700'000'000'000'000'000);
  if (life && life->from_ns >= life->until_ns) std::abort();
  map_all(token->claims);
  return 0;
}
