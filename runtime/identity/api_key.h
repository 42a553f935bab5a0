// API keys: `aip_` and 32 random bytes in base64url. Only their SHA-256 is kept: a key has 256
// random bits, so that guessing it from the hash is hopeless and the slow hashes that passwords
// need would only cost time.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aipol::identity {

using KeyHash = std::array<unsigned char, 32>;

Result<std::string> make_key();  // from the system's random source
KeyHash hash_key(std::string_view key);
std::string to_hex(const KeyHash& hash);
std::optional<KeyHash> from_hex(std::string_view text);  // 64 hexadecimal digits

// A short random name for a key, "key_" and 12 characters; no secret.
Result<std::string> make_key_id();

}  // namespace aipol::identity
