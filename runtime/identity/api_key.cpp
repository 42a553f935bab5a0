#include "runtime/identity/api_key.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/check.h"
#include "runtime/identity/base64url.h"

namespace aipol::identity {
namespace {

const EVP_MD* sha256() {
  static const EVP_MD* const algorithm =
      EVP_MD_fetch(nullptr, "SHA256", nullptr);  // looking it up each time is slow
  return algorithm;
}

// A context a thread, because making one costs more than the hash.
struct Digest {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~Digest() { EVP_MD_CTX_free(context); }
};

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

Result<std::string> make_key() {
  unsigned char random[32];
  if (RAND_bytes(random, sizeof random) != 1) return failure("the system gives no random bytes");
  return "aip_" + encode_base64url(random, sizeof random);
}

Result<std::string> make_key_id() {
  unsigned char random[9];
  if (RAND_bytes(random, sizeof random) != 1) return failure("the system gives no random bytes");
  return "key_" + encode_base64url(random, sizeof random);
}

KeyHash hash_key(std::string_view key) {
  thread_local const Digest digest;
  KeyHash hash{};
  const bool done = EVP_DigestInit_ex(digest.context, sha256(), nullptr) == 1 &&
                    EVP_DigestUpdate(digest.context, key.data(), key.size()) == 1 &&
                    EVP_DigestFinal_ex(digest.context, hash.data(), nullptr) == 1;
  AIPOL_CHECK(done, "OpenSSL hashes with SHA-256");
  return hash;
}

std::string to_hex(const KeyHash& hash) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const unsigned char byte : hash) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

std::optional<KeyHash> from_hex(std::string_view text) {
  KeyHash hash{};
  if (text.size() != 2 * hash.size()) return std::nullopt;
  for (size_t i = 0; i < hash.size(); ++i) {
    const int high = hex_digit(text[2 * i]);
    const int low = hex_digit(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    hash[i] = static_cast<unsigned char>(high * 16 + low);
  }
  return hash;
}

}  // namespace aipol::identity
