// What the sends of tests made of each statement: how often it fired and refused, how often each
// part of its guard held and failed.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "plan/facts.h"
#include "plan/interpret.h"
#include "plan/plan.h"
#include "runtime/offline/simulation.h"

namespace aipol::testing {

struct Outcomes {
  uint64_t held = 0, failed = 0;
};

struct Coverage {
  struct Statement {
    uint64_t fired = 0;
    uint64_t refused = 0;              // it was among those that refused a call
    std::vector<Outcomes> conditions;  // by plan::Statement::conditions
  };
  std::vector<Statement> statements;  // by plan::Plan::statements

  explicit Coverage(const plan::Plan& plan);
  // Of another part of the same tests.
  void add(const Coverage& other);
};

// Watches a simulation's calls. The conditions of a guard are asked in the order written up to the
// first that fails, as an author reads them: what stands behind it was not looked at.
class CoverageRecorder {
 public:
  explicit CoverageRecorder(const plan::Plan& plan);

  // Of the call that was decided last.
  void record(const offline::Simulation& simulation, const offline::Outcome& outcome);
  const Coverage& coverage() const { return coverage_; }

 private:
  void stage(const plan::Stage& stage, const plan::Facts& facts);
  void statement(uint32_t number, const plan::Facts& facts);

  const plan::Plan& plan_;
  plan::Interpreter interpreter_;
  Coverage coverage_;
};

}  // namespace aipol::testing
