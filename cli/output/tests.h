// Results of tests as people and programs read them.
#pragma once

#include <string>
#include <vector>

#include "invariants/judge.h"
#include "testing/run_tests.h"

namespace aipol::cli {

// Failures whole, then how many passed and failed.
std::string tests_text(const std::vector<testing::Result>& results,
                       const std::vector<invariants::Judgement>& judged, bool colour);

// {"tests":[…],"invariants":[…],"summary":{…}} (docs/json.md).
std::string tests_json(const std::vector<testing::Result>& results,
                       const std::vector<invariants::Judgement>& judged);

}  // namespace aipol::cli
