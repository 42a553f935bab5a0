// RSA keys that can be factored.
#pragma once

#include <openssl/types.h>

namespace aipol::identity {

// Whether the modulus was made by the chips whose primes are k·M + (65537^a mod M) (CVE-2017-15361,
// "ROCA"): then it is a power of 65537 modulo each small prime. Of other moduli one in 2^27 is
// taken for such.
bool has_roca(const BIGNUM* modulus);

}  // namespace aipol::identity
