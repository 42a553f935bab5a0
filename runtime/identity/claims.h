// What a token says (JSON Web Token, RFC 7519), and whether it says so to us, now.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "runtime/identity/judged.h"
#include "runtime/identity/jws.h"

namespace aipol::identity {

struct Token {
  Jws jws;
  nlohmann::json claims;  // an object
};

// Believe nothing of it before its signature has been verified.
Judged<Token> parse_token(std::string_view text);

// Whether the claim `iss` is that text, and `aud` is it or has it.
bool is_issued_by(const nlohmann::json& claims, std::string_view issuer);
bool is_meant_for(const nlohmann::json& claims, std::string_view audience);

// The time in which a token is good: from `from_ns` on until before `until_ns`, both with leeway;
// `expires_ns` is the claim `exp` itself. Nanoseconds since the epoch.
struct Lifetime {
  int64_t from_ns = INT64_MIN, until_ns = 0, expires_ns = 0;
};
// By `exp`, which must be there, `nbf` and `iat`. Refused where `time_ns` lies outside.
Judged<Lifetime> check_times(const nlohmann::json& claims, int64_t leeway_ns, int64_t time_ns);

}  // namespace aipol::identity
