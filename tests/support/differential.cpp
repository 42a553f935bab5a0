#include "tests/support/differential.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "plan/dump.h"
#include "plan/interpret.h"
#include "plan/validate.h"
#include "tests/support/compiled_plan.h"
#include "tests/support/random_plan.h"

namespace aipol::testing {

namespace {

class Comparison {
 public:
  Comparison(const plan::Plan& plan, CompiledPlan& compiled) : plan_(plan), compiled_(compiled), interpreter_(plan) {}

  std::optional<std::string> compare(const plan::Facts& facts) {
    for (size_t stage = 0; stage < plan_.stages.size(); ++stage) {
      auto expected = interpreter_.fired(plan_.stages[stage], facts);
      auto actual = compiled_.fired(stage, facts);
      if (expected != actual) return report(facts, fmt::format("fires {}, interpreted {}", actual, expected));
      for (uint32_t statement : expected) {
        std::string wanted = interpreter_.message(plan_.statements[statement], facts);
        std::string got = compiled_.message(stage, statement);
        if (wanted != got) return report(facts, fmt::format("{} says `{}`, interpreted `{}`", statement, got, wanted));
      }
    }
    return {};
  }

 private:
  std::string report(const plan::Facts& facts, const std::string& what) const {
    return fmt::format("{}\nnative code {}\n\nfacts:\n{}", plan::dump(plan_, compiled_.layout()), what,
                       plan::dump(plan_, facts));
  }

  const plan::Plan& plan_;
  CompiledPlan& compiled_;
  plan::Interpreter interpreter_;
};

}  // namespace

std::optional<std::string> find_difference(Choices& choices, uint32_t requests, compiler::Tier tier) {
  plan::Plan plan = random_plan(choices);
  if (auto wrong = plan::validate(plan)) return "the generator made an invalid plan: " + *wrong + "\n" + plan::dump(plan);
  auto compiled = CompiledPlan::compile(plan, tier);
  if (!compiled) return compiled.error().message + "\n" + plan::dump(plan);
  Comparison comparison(plan, *compiled);
  RandomFacts facts;
  for (uint32_t i = 0; i < requests; ++i) {
    fill_random_facts(plan, choices, facts);
    if (auto difference = comparison.compare(facts.facts)) return difference;
  }
  return {};
}

}  // namespace aipol::testing
