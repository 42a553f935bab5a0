// Interpreter and native code agree, over random plans and random requests.
#include <doctest.h>

#include "tests/support/differential.h"

namespace aipol::testing {

TEST_CASE("interpreter and native code agree on 100,000 requests") {
  constexpr uint32_t plans = 2000, requests = 50;
  for (uint64_t seed = 1; seed <= plans; ++seed) {
    Choices choices(seed);
    auto tier = seed % 50 == 0 ? compiler::Tier::good : compiler::Tier::fast;
    auto difference = find_difference(choices, requests, tier);
    if (difference) FAIL("seed " << seed << "\n" << *difference);
  }
}

}  // namespace aipol::testing
