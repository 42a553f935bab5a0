// Certificates as an authority issues them.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "runtime/identity/jwk.h"

namespace aipol::testing {

struct CertificateRequest {
  std::string common_name = "x";
  std::string alternatives = "";     // as openssl.cnf has them: "URI:spiffe://a/b,DNS:a"
  std::string usage = "clientAuth";  // extended key usage; empty: none said
  bool authority = false;
  int64_t from = 0, until = 4'000'000'000;  // seconds since the epoch
};

// A certificate with its key; signs others.
class Certificate {
 public:
  // By itself where there is no issuer.
  explicit Certificate(const CertificateRequest& request, const Certificate* issuer = nullptr);

  X509* handle() const { return certificate_.get(); }
  EVP_PKEY* key() const { return key_.get(); }
  std::string pem() const;

 private:
  struct Free {
    void operator()(X509* certificate) const { X509_free(certificate); }
  };
  identity::KeyHandle key_;
  std::unique_ptr<X509, Free> certificate_;
};

}  // namespace aipol::testing
