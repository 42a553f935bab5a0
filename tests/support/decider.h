// Decides the first stage of a plan by interpreter and native code, for unit tests.
#pragma once

#include <doctest.h>

#include <optional>
#include <vector>

#include "plan/interpret.h"
#include "plan/validate.h"
#include "tests/support/compiled_plan.h"
#include "tests/support/plan_builder.h"

namespace aipol::testing {

class Decider {
 public:
  explicit Decider(const plan::Plan& plan) : plan_(plan), interpreter_(plan) {
    REQUIRE(plan::validate(plan) == std::nullopt);
    auto compiled = CompiledPlan::compile(plan);
    REQUIRE(compiled);
    compiled_.emplace(std::move(*compiled));
  }

  // What fires, by both; they must agree.
  std::vector<uint32_t> fired(std::initializer_list<std::optional<plan::Constant>> values) {
    FactBuilder facts(values);
    std::vector<uint32_t> result = compiled_->fired(0, facts.facts);
    CHECK(result == interpreter_.fired(plan_.stages[0], facts.facts));
    return result;
  }

  const plan::StageLayout& layout() const { return compiled_->layout()[0]; }

 private:
  const plan::Plan& plan_;
  plan::Interpreter interpreter_;
  std::optional<CompiledPlan> compiled_;
};

}  // namespace aipol::testing
