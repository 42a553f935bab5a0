// Runs the tests of a policy set by the code that serves its traffic, on threads.
#pragma once

#include <memory>
#include <vector>

#include "plan/tests.h"
#include "runtime/decision/program.h"
#include "runtime/enforce/assets.h"
#include "testing/child.h"
#include "testing/results.h"
#include "testing/test_runner.h"

namespace aipol::testing {

inline constexpr unsigned most_jobs = Board::places;

// Is told what goes on, by the threads on which it does: `job` is the thread's number, below
// RunOptions::jobs.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void begins(unsigned job, const plan::Test& test) = 0;
  virtual void ended(unsigned job, const Result& result) = 0;
};

struct RunOptions {
  unsigned jobs = 1;  // threads, 1 to most_jobs
  Wanted wanted = {};
  Observer* observer = nullptr;
};

// The results are in the tests' order, however many threads there are.
Run run_tests(std::shared_ptr<const decision::Program> program, const enforce::Assets& assets,
              const std::vector<plan::Test>& tests, RunOptions options);

}  // namespace aipol::testing
