#include "tests/support/certificates.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>

#include "base/check.h"

namespace aipol::testing {

namespace {

void add(X509* to, const Certificate* issuer, int kind, const std::string& value) {
  if (value.empty()) return;
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer == nullptr ? to : issuer->handle(), to, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  AIPOL_CHECK(extension != nullptr, "the extension is well-formed");
  X509_add_ext(to, extension, -1);
  X509_EXTENSION_free(extension);
}

}  // namespace

Certificate::Certificate(const CertificateRequest& request, const Certificate* issuer)
    : key_(EVP_EC_gen("P-256")), certificate_(X509_new()) {
  static std::atomic<long> serial{1000};
  X509* made = handle();
  X509_set_version(made, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made), ++serial);
  ASN1_TIME_set(X509_getm_notBefore(made), request.from);
  ASN1_TIME_set(X509_getm_notAfter(made), request.until);
  X509_set_pubkey(made, key());
  X509_NAME* name = X509_get_subject_name(made);
  const auto* text = reinterpret_cast<const unsigned char*>(request.common_name.c_str());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0);
  X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>("Acme"), -1, -1, 0);
  X509_set_issuer_name(made, issuer == nullptr ? name : X509_get_subject_name(issuer->handle()));
  add(made, issuer, NID_basic_constraints, request.authority ? "critical,CA:TRUE" : "CA:FALSE");
  if (!request.authority) add(made, issuer, NID_ext_key_usage, request.usage);
  add(made, issuer, NID_subject_alt_name, request.alternatives);
  EVP_PKEY* signer = issuer == nullptr ? key() : issuer->key();
  AIPOL_CHECK(X509_sign(made, signer, EVP_sha256()) > 0, "the certificate is signed");
}

std::string Certificate::pem() const {
  BIO* bytes = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bytes, handle());
  char* text = nullptr;
  const long size = BIO_get_mem_data(bytes, &text);
  std::string out(text, static_cast<size_t>(size));
  BIO_free(bytes);
  return out;
}

}  // namespace aipol::testing
