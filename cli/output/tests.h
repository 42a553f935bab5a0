// Results of tests as people and programs read them.
#pragma once

#include <string>
#include <vector>

#include "testing/run_tests.h"

namespace aipol::cli {

// Failures whole, then how many passed and failed.
std::string tests_text(const std::vector<testing::Result>& results, bool colour);

// {"tests":[…],"invariants":[],"summary":{…}} (docs/json.md).
std::string tests_json(const std::vector<testing::Result>& results);

}  // namespace aipol::cli
