// Interpreter and native code agree, over random plans and random policies, and random requests for each.
#include <doctest.h>

#include <cstdlib>

#include "tests/support/differential.h"

namespace aipol::testing {

namespace {

// So many pairs of a policy set and a request: AIPOL_DIFFERENTIAL times as many as every run of the tests has, from
// other seeds.
uint64_t times() {
  const char* wanted = std::getenv("AIPOL_DIFFERENTIAL");
  return wanted == nullptr ? 1 : std::strtoull(wanted, nullptr, 10);
}

}  // namespace

TEST_CASE("interpreter and native code agree on 50,000 requests of random plans") {
  constexpr uint32_t plans = 1000, requests = 50;
  for (uint64_t seed = 1; seed <= plans * times(); ++seed) {
    Choices choices(seed);
    auto tier = seed % 50 == 0 ? compiler::Tier::good : compiler::Tier::fast;
    auto difference = find_difference(choices, requests, tier);
    if (difference) FAIL("seed " << seed << "\n" << *difference);
  }
}

TEST_CASE("interpreter and native code agree on 50,000 requests of random policies") {
  constexpr uint32_t sets = 500, calls = 100;
  for (uint64_t seed = 1; seed <= sets * times(); ++seed) {
    Choices choices(seed);
    auto difference = find_policy_difference(choices, calls);
    if (difference) FAIL("seed " << seed << "\n" << *difference);
  }
}

}  // namespace aipol::testing
