// X.509 certificates, as far as identities look at them.
#pragma once

#include <openssl/x509.h>

#include <cstdint>
#include <nlohmann/json.hpp>

namespace aipol::identity {

// What a certificate says, as claims that a mapping can name:
//   san.uri san.dns san.email san.ip     the subject's alternative names; a list where there are
//   several subject.cn subject.o subject.ou …    by the attributes' short names in lower case; so
//   issuer.… serial                               in lower-case hexadecimal fingerprint SHA-256 of
//   the whole, in lower-case hexadecimal
// Texts that are no UTF-8 or hold control characters are left out.
nlohmann::json claims_of(const X509* certificate);

// Nanoseconds since the epoch; the earliest or latest there is where it lies beyond.
int64_t time_of(const ASN1_TIME* time);

}  // namespace aipol::identity
