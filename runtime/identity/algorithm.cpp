#include "runtime/identity/algorithm.h"

#include <algorithm>
#include <array>

namespace aipol::identity {
namespace {

constexpr Algorithm algorithms[] = {
    {"RS256", "RSA", "", "SHA256", false, 0},      {"RS384", "RSA", "", "SHA384", false, 0},
    {"RS512", "RSA", "", "SHA512", false, 0},      {"PS256", "RSA", "", "SHA256", true, 0},
    {"PS384", "RSA", "", "SHA384", true, 0},       {"PS512", "RSA", "", "SHA512", true, 0},
    {"ES256", "EC", "P-256", "SHA256", false, 32}, {"ES384", "EC", "P-384", "SHA384", false, 48},
    {"ES512", "EC", "P-521", "SHA512", false, 66}, {"EdDSA", "OKP", "Ed25519", nullptr, false, 0},
};

using Digests = std::array<const EVP_MD*, std::size(algorithms)>;

Digests fetch_digests() {
  Digests out{};
  std::ranges::transform(algorithms, out.begin(), [](const Algorithm& algorithm) {
    return algorithm.digest == nullptr ? nullptr : EVP_MD_fetch(nullptr, algorithm.digest, nullptr);
  });
  return out;
}

}  // namespace

const Algorithm* find_algorithm(std::string_view name) {
  const auto* found = std::ranges::find(algorithms, name, &Algorithm::name);
  return found == std::end(algorithms) ? nullptr : found;
}

const EVP_MD* digest_of(const Algorithm& algorithm) {
  static const Digests digests = fetch_digests();
  return digests[static_cast<size_t>(&algorithm - algorithms)];
}

}  // namespace aipol::identity
