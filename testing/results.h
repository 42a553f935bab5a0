// What became of the tests of a policy set.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "plan/tests.h"
#include "runtime/offline/explain.h"
#include "runtime/offline/simulation.h"
#include "testing/coverage.h"

namespace aipol::testing {

// How a call was decided, in whole.
struct Explanation {
  offline::Outcome outcome;
  std::vector<offline::Trace> traces;  // empty where policies did not see the call
  std::vector<offline::Applied> effects;
};

struct Result {
  enum class Status : uint8_t {
    passed,
    failed,
    crashed,  // a bug of ours ended it: it says nothing of the policies
    not_run   // it stands for tests that should have run
  } status = Status::passed;
  const plan::Test* test = nullptr;
  plan::Place place;  // of a failure: the step
  std::string expected,
      actual;  // of a failure, as written and as it was: "deny 403 by financial_ai: role needed"
  std::vector<std::string> reasons;  // of a failure: a line for each statement that bears on it
  std::optional<Explanation> explanation;  // of a failure's last send, where it was asked for
  std::chrono::nanoseconds took{};

  bool passed() const { return status == Status::passed; }
};

struct Run {
  std::vector<Result> results;       // in the tests' order
  std::optional<Coverage> coverage;  // where it was asked for
  std::chrono::nanoseconds took{};

  size_t passed() const;
  size_t failed() const { return results.size() - passed(); }
};

}  // namespace aipol::testing
