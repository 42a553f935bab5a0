#include "runtime/identity/api_key.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/check.h"

namespace aipol::identity {
namespace {

std::string base64url(const unsigned char* bytes, size_t size) {
  constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  uint32_t bits = 0;
  int held = 0;
  for (size_t i = 0; i < size; ++i) {
    bits = bits << 8 | bytes[i];
    for (held += 8; held >= 6;) out += alphabet[bits >> (held -= 6) & 63];
  }
  if (held > 0) out += alphabet[bits << (6 - held) & 63];
  return out;
}

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
  return "aip_" + base64url(random, sizeof random);
}

Result<std::string> make_key_id() {
  unsigned char random[9];
  if (RAND_bytes(random, sizeof random) != 1) return failure("the system gives no random bytes");
  return "key_" + base64url(random, sizeof random);
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
