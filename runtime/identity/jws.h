// Signed tokens in their compact form, HEADER.PAYLOAD.SIGNATURE (JSON Web Signature, RFC 7515).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/identity/judged.h"
#include "runtime/identity/jwk.h"

namespace aipol::identity {

constexpr size_t largest_token = 16 * 1024;

// Nothing in it is to be believed before `is_signed` says so.
struct Jws {
  std::string algorithm;
  std::optional<std::string> key_id;
  std::string signed_part;  // the text up to the second dot
  std::string payload, signature;
};

// Has it the form of a token: three parts, or the five of an encrypted one?
bool has_token_form(std::string_view text);

// Refused are texts beyond 16 KiB, encrypted tokens, other than strict base64url and strict JSON,
// headers with `crit` or `b64: false` (none of the extensions is understood here), and those that
// say that they are no token for access (`typ`: logout+jwt and their like).
Judged<Jws> parse_jws(std::string_view text);

// Did the owner of that key sign it, in that way? The key must fit the algorithm.
bool is_signed(const Jws& jws, const Algorithm& algorithm, const PublicKey& key);

}  // namespace aipol::identity
