#include <doctest/doctest.h>

#include "tests/support/meter_model.h"

namespace aipol::testing {

TEST_CASE("meters do what the model does, and no limit is passed") {
  for (uint64_t seed = 0; seed < 400; ++seed) {
    CAPTURE(seed);
    model::Run(seed, {}).go(150);
  }
}

TEST_CASE("meters do what the model does where estimates err") {
  for (uint64_t seed = 0; seed < 400; ++seed) {
    CAPTURE(seed);
    model::Run(seed, {.estimates_err = true}).go(150);
  }
}

}  // namespace aipol::testing
