// Gets an issuer's keys over HTTP.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aipol::identity {

bool is_address(std::string_view text);  // http:// or https://

// Is it https, or http on this machine? Other addresses that an answer gives are not followed.
bool is_safe_address(std::string_view url);

// `issuer`/.well-known/openid-configuration (OpenID Connect Discovery 1.0, section 4): the
// `jwks_uri` there, if its `issuer` is this one to the letter and the address is safe.
Result<std::string> discover_keys(const std::string& issuer, std::stop_token stop);

// The text of a JWK Set of at most 1 MiB; more is not read. Waits for at most 5 s.
Result<std::string> fetch_keys(const std::string& url, std::stop_token stop);

}  // namespace aipol::identity
