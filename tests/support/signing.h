// Keys, tokens and sets of keys as an issuer makes them.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>

#include "runtime/identity/jwk.h"

namespace aipol::testing {

// A key pair for one algorithm, as tokens' headers name it.
class SigningKey {
 public:
  explicit SigningKey(std::string algorithm, std::string id = "", unsigned rsa_bits = 2048);

  const std::string& id() const { return id_; }
  EVP_PKEY* handle() const { return pair_.get(); }
  // The public half as a JSON Web Key; `more` are members besides: R"("use":"sig")".
  std::string jwk(std::string_view more = "") const;
  // A token with these JSON texts, of whatever they are.
  std::string sign(std::string_view header, std::string_view payload) const;
  // With a header that names algorithm and key.
  std::string token(std::string_view payload) const;

 private:
  std::string algorithm_, id_;
  identity::KeyHandle pair_;
};

std::string encoded(std::string_view text);  // base64url
std::string jwks(std::initializer_list<std::string> keys);

}  // namespace aipol::testing
