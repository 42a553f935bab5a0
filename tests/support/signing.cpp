#include "tests/support/signing.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

#include "base/check.h"
#include "runtime/identity/base64url.h"

namespace aipol::testing {

namespace {

using Bytes = std::string;

EVP_PKEY* generate(std::string_view algorithm, unsigned rsa_bits) {
  if (algorithm == "ES256") return EVP_EC_gen("P-256");
  if (algorithm == "ES384") return EVP_EC_gen("P-384");
  if (algorithm == "ES512") return EVP_EC_gen("P-521");
  if (algorithm == "EdDSA") return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  return EVP_RSA_gen(rsa_bits);
}

Bytes number(const BIGNUM* value, int size) {
  Bytes out(static_cast<size_t>(size), '\0');
  BN_bn2binpad(value, reinterpret_cast<unsigned char*>(out.data()), size);
  return out;
}

Bytes parameter(EVP_PKEY* key, const char* name) {
  BIGNUM* value = nullptr;
  AIPOL_CHECK(EVP_PKEY_get_bn_param(key, name, &value) == 1, "the key has the parameter");
  Bytes out = number(value, BN_num_bytes(value));
  BN_free(value);
  return out;
}

Bytes raw_public(EVP_PKEY* key) {
  unsigned char bytes[256];
  size_t size = sizeof bytes;
  const bool edwards = EVP_PKEY_is_a(key, "ED25519");
  const int done = edwards ? EVP_PKEY_get_raw_public_key(key, bytes, &size)
                           : EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, bytes,
                                                             sizeof bytes, &size);
  AIPOL_CHECK(done == 1, "the key has a public half");
  return {reinterpret_cast<const char*>(bytes), size};
}

// DER to the two numbers one behind the other.
Bytes raw_signature(const Bytes& der, int half) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  ECDSA_SIG* numbers = d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size()));
  Bytes out = number(ECDSA_SIG_get0_r(numbers), half) + number(ECDSA_SIG_get0_s(numbers), half);
  ECDSA_SIG_free(numbers);
  return out;
}

Bytes make_signature(const identity::Algorithm& algorithm, EVP_PKEY* key, const std::string& text) {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_PKEY_CTX* parameters = nullptr;
  EVP_DigestSignInit(context, &parameters, identity::digest_of(algorithm), nullptr, key);
  if (algorithm.pss) {
    EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST);
  }
  Bytes out(2048, '\0');
  size_t size = out.size();
  const int done = EVP_DigestSign(context, reinterpret_cast<unsigned char*>(out.data()), &size,
                                  reinterpret_cast<const unsigned char*>(text.data()), text.size());
  EVP_MD_CTX_free(context);
  AIPOL_CHECK(done == 1, "the key signs");
  out.resize(size);
  return algorithm.half == 0 ? out : raw_signature(out, static_cast<int>(algorithm.half));
}

}  // namespace

std::string encoded(std::string_view text) {
  return identity::encode_base64url(reinterpret_cast<const unsigned char*>(text.data()),
                                    text.size());
}

SigningKey::SigningKey(std::string algorithm, std::string id, unsigned rsa_bits)
    : algorithm_(std::move(algorithm)), id_(std::move(id)), pair_(generate(algorithm_, rsa_bits)) {}

std::string SigningKey::jwk(std::string_view more) const {
  const identity::Algorithm& algorithm = *identity::find_algorithm(algorithm_);
  std::string members = fmt::format(R"("kty":"{}")", algorithm.kind);
  if (!id_.empty()) members += fmt::format(R"(,"kid":"{}")", id_);
  if (!more.empty()) members += fmt::format(",{}", more);
  if (algorithm.kind == "RSA") {
    members += fmt::format(R"(,"n":"{}","e":"{}")", encoded(parameter(handle(), "n")),
                           encoded(parameter(handle(), "e")));
    return "{" + members + "}";
  }
  std::string point = raw_public(handle());
  members += fmt::format(R"(,"crv":"{}")", algorithm.curve);
  if (algorithm.kind == "OKP") {
    members += fmt::format(R"(,"x":"{}")", encoded(point));
  } else {
    members += fmt::format(R"(,"x":"{}","y":"{}")", encoded(point.substr(1, algorithm.half)),
                           encoded(point.substr(1 + algorithm.half)));
  }
  return "{" + members + "}";
}

std::string SigningKey::sign(std::string_view header, std::string_view payload) const {
  const std::string text = encoded(header) + "." + encoded(payload);
  return text + "." +
         encoded(make_signature(*identity::find_algorithm(algorithm_), handle(), text));
}

std::string SigningKey::token(std::string_view payload) const {
  const std::string key = id_.empty() ? "" : fmt::format(R"(,"kid":"{}")", id_);
  return sign(fmt::format(R"({{"alg":"{}","typ":"JWT"{}}})", algorithm_, key), payload);
}

std::string jwks(std::initializer_list<std::string> keys) {
  return fmt::format(R"({{"keys":[{}]}})", fmt::join(keys, ","));
}

}  // namespace aipol::testing
