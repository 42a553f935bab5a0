// The ways in which tokens may be signed (RFC 7518 section 3.1, RFC 8037). `none` and the HMACs are
// not among them and never will be: their "key" would be one that the world can read.
#pragma once

#include <openssl/evp.h>

#include <cstddef>
#include <string_view>

namespace aipol::identity {

struct Algorithm {
  std::string_view name;   // as a token's header has it
  std::string_view kind;   // of its keys: RSA, EC, OKP
  std::string_view curve;  // of its keys; empty for RSA
  const char* digest;      // OpenSSL's name; null where the algorithm brings its own
  bool pss;                // RSA: with the padding PSS rather than PKCS #1 v1.5
  size_t half;             // EC: bytes of each of the two numbers that are the signature
};

// Null where there is no such algorithm.
const Algorithm* find_algorithm(std::string_view name);

// Looked up once; null where the algorithm brings its own.
const EVP_MD* digest_of(const Algorithm& algorithm);

}  // namespace aipol::identity
