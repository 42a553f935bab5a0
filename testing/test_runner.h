// Runs one test after the other, each in a world of its own: what a thread needs for that.
#pragma once

#include <memory>
#include <optional>

#include "plan/interpret.h"
#include "runtime/decision/program.h"
#include "runtime/enforce/assets.h"
#include "testing/coverage.h"
#include "testing/results.h"

namespace aipol::testing {

struct Wanted {
  bool explanations = false;  // of failures: the last send in whole
  bool coverage = false;
};

class TestRunner {
 public:
  // The assets must outlive the runner.
  TestRunner(std::shared_ptr<const decision::Program> program, const enforce::Assets& assets,
             Wanted wanted);

  // A test ends at its first failure.
  Result run(const plan::Test& test);
  // Of all tests so far; null where it was not wanted.
  const Coverage* coverage() const { return recorder_ ? &recorder_->coverage() : nullptr; }

 private:
  class Steps;

  std::shared_ptr<const decision::Program> program_;
  const enforce::Assets& assets_;
  Wanted wanted_;
  plan::Interpreter interpreter_;
  std::optional<CoverageRecorder> recorder_;
};

}  // namespace aipol::testing
