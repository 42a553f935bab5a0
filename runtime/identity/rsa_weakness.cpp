#include "runtime/identity/rsa_weakness.h"

#include <openssl/bn.h>

#include <algorithm>

namespace aipol::identity {
namespace {

bool is_power_of_65537(BN_ULONG value, BN_ULONG prime) {
  BN_ULONG power = 1;
  do {
    if (power == value) return true;
    power = power * (65537 % prime) % prime;
  } while (power != 1);
  return false;
}

}  // namespace

bool has_roca(const BIGNUM* modulus) {
  // Those of the primes up to 167 modulo which the powers of 65537 are not everything.
  constexpr BN_ULONG primes[] = {11, 13, 17,  19,  37,  53,  61,  71, 73,
                                 79, 97, 103, 107, 109, 127, 151, 157};
  return std::ranges::all_of(primes, [&](BN_ULONG prime) {
    return is_power_of_65537(BN_mod_word(modulus, prime), prime);
  });
}

}  // namespace aipol::identity
