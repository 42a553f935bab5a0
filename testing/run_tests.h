// Runs the tests of a policy set by the code that serves its traffic, each in a world of its own.
#pragma once

#include <string>
#include <vector>

#include "plan/tests.h"
#include "runtime/decision/decision.h"
#include "runtime/decision/program.h"
#include "runtime/enforce/assets.h"

namespace aipol::testing {

struct Result {
  enum class Status : uint8_t { passed, failed } status = Status::passed;
  const plan::Test* test = nullptr;
  plan::Place place;  // of a failure: the step
  std::string expected,
      actual;  // of a failure, as written and as it was: "deny 403 by financial_ai: role needed"
  std::vector<std::string> reasons;  // of a failure: a line for each statement that bears on it
};

// In the tests' order. A test ends at its first failure.
std::vector<Result> run_tests(std::shared_ptr<const decision::Program> program,
                              const enforce::Assets& assets, const std::vector<plan::Test>& tests);

// "allow", or "deny 403 by financial_ai: a message".
std::string describe(const plan::Plan& plan, const decision::Decision& decision);

}  // namespace aipol::testing
