#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

#include "runtime/identity/jws.h"
#include "runtime/identity/quiet_errors.h"

namespace aipol::identity {
namespace {

const unsigned char* data(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

// Tokens have the two numbers of a signature one behind the other, each of full length (RFC 7518,
// section 3.4); OpenSSL wants them in DER. Empty where the signature is not of that form.
std::string as_der(std::string_view signature, size_t half) {
  if (signature.size() != 2 * half) return {};
  ECDSA_SIG* numbers = ECDSA_SIG_new();
  BIGNUM* r = BN_bin2bn(data(signature), static_cast<int>(half), nullptr);
  BIGNUM* s = BN_bin2bn(data(signature) + half, static_cast<int>(half), nullptr);
  ECDSA_SIG_set0(numbers, r, s);  // which owns them from here on
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(numbers, &der);
  ECDSA_SIG_free(numbers);
  std::string out(reinterpret_cast<const char*>(der), size > 0 ? static_cast<size_t>(size) : 0);
  OPENSSL_free(der);
  return out;
}

bool use_pss(EVP_PKEY_CTX* context) {
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

bool verify(EVP_MD_CTX* context, const Algorithm& algorithm, EVP_PKEY* key,
            std::string_view signature, std::string_view text) {
  EVP_PKEY_CTX* parameters = nullptr;  // owned by the context
  return EVP_DigestVerifyInit(context, &parameters, digest_of(algorithm), nullptr, key) == 1 &&
         (!algorithm.pss || use_pss(parameters)) &&
         EVP_DigestVerify(context, data(signature), signature.size(), data(text), text.size()) == 1;
}

}  // namespace

bool is_signed(const Jws& jws, const Algorithm& algorithm, const PublicKey& key) {
  if (!key.fits(algorithm)) return false;
  const QuietErrors quiet;
  std::string der;
  if (algorithm.half != 0) der = as_der(jws.signature, algorithm.half);
  const std::string_view signature = algorithm.half != 0 ? der : jws.signature;
  const bool full =
      algorithm.half != 0
          ? !der.empty()
          : signature.size() == static_cast<size_t>(EVP_PKEY_get_size(key.handle.get()));
  if (!full) return false;
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const bool good = verify(context, algorithm, key.handle.get(), signature, jws.signed_part);
  EVP_MD_CTX_free(context);
  return good;
}

}  // namespace aipol::identity
