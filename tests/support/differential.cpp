#include "tests/support/differential.h"

#include <unistd.h>

#include <algorithm>

#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compiler/compile.h"
#include "plan/archive.h"
#include "plan/dump.h"
#include "plan/interpret.h"
#include "plan/validate.h"
#include "runtime/decision/program.h"
#include "runtime/offline/read_call.h"
#include "runtime/offline/simulation.h"
#include "tests/support/column_difference.h"
#include "tests/support/compiled_plan.h"
#include "tests/support/random_plan.h"
#include "tests/support/random_policy.h"

namespace aipol::testing {

namespace {

class Comparison {
 public:
  Comparison(const plan::Plan& plan, CompiledPlan& compiled)
      : plan_(plan), compiled_(compiled), interpreter_(plan) {}

  std::optional<std::string> compare(const plan::Facts& facts) {
    for (size_t stage = 0; stage < plan_.stages.size(); ++stage) {
      auto expected = interpreter_.fired(plan_.stages[stage], facts);
      auto actual = compiled_.fired(stage, facts);
      if (expected != actual)
        return report(facts, fmt::format("fires {}, interpreted {}", actual, expected));
      for (size_t i = 0; i < plan_.stages[stage].computed.size(); ++i) {
        plan::NodeId node = plan_.stages[stage].computed[i];
        plan::Rep rep = plan_.code[node].rep;
        AipolCell wanted = interpreter_.value(node, facts), got = compiled_.value(stage, i);
        if (plan::same_value(rep, wanted, got)) continue;
        return report(facts,
                      fmt::format("computes {} as {}, interpreted {}", plan::text_of(plan_, node),
                                  plan::text_of(rep, got), plan::text_of(rep, wanted)));
      }
    }
    return {};
  }

 private:
  std::string report(const plan::Facts& facts, const std::string& what) const {
    return fmt::format("{}\nnative code {}\n\nfacts:\n{}", plan::dump(plan_, compiled_.layout()),
                       what, plan::dump(plan_, facts));
  }

  const plan::Plan& plan_;
  CompiledPlan& compiled_;
  plan::Interpreter interpreter_;
};

}  // namespace

std::optional<std::string> find_difference(Choices& choices, uint32_t requests,
                                           compiler::Tier tier) {
  plan::Plan plan = random_plan(choices);
  if (auto wrong = plan::validate(plan))
    return "the generator made an invalid plan: " + *wrong + "\n" + plan::dump(plan);
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

namespace {

Result<std::unique_ptr<compiler::Compilation>> compiled(const std::string& text) {
  auto path =
      std::filesystem::temp_directory_path() / fmt::format("aipol-differential-{}.aipol", getpid());
  std::ofstream(path) << text;
  auto made = compiler::compile({path.string()}, {.last = compiler::Step::jit});
  std::filesystem::remove(path);
  return made;
}

context::Surroundings surroundings_of(offline::Simulation& simulation) {
  return simulation.evaluation() == nullptr ? simulation.engine().surroundings()
                                            : simulation.evaluation()->around();
}

// The facts of a call that has gone through all that happens before and between the phases.
plan::Facts facts_of(offline::Simulation& simulation, offline::DescribedCall& call,
                     AipolScratch& scratch) {
  std::ignore = simulation.decide(call);
  const decision::Program& program = simulation.engine().program();
  context::Surroundings around = surroundings_of(simulation);
  plan::Facts facts(program.plan().sources.size());
  for (const plan::Stage& stage : program.plan().stages)
    program.facts().read(call.call, around, stage.demand, facts, scratch);
  return facts;
}

}  // namespace

std::optional<std::string> find_policy_difference(Choices& choices, uint32_t calls) {
  std::string text = random_policy(choices);
  auto made = compiled(text);
  if (!made) return made.error().message;
  compiler::Compilation& compilation = **made;
  // That a value is always present, so that `??` has nothing to do, the generator can not tell.
  auto needless = [](const auto& one) { return one.code == "E0305"; };
  if (compilation.failed() && std::ranges::any_of(compilation.diagnostics.all(), needless))
    return {};
  if (compilation.failed()) {
    std::string messages;
    for (const auto& one : compilation.diagnostics.all())
      messages += fmt::format("{}: {}\n", one.code, one.message);
    return text + "\nis refused:\n" + messages;
  }
  if (auto wrong = plan::validate(compilation.plan))
    return text + "\nmade an invalid plan: " + *wrong;
  // As the cache gives them back.
  auto kept = plan::from_archive(plan::archived(compilation.plan, compilation.layout));
  if (!kept) return text + "\nis lost in the cache";
  plan::Layout layout = std::move(kept->layout);
  compiler::NativeCode code = compilation.native;
  auto program = decision::Program::load(std::move(kept->plan), layout,
                                         {code.stages, code.values, code.memory});
  if (!program) return program.error().message;
  const plan::Plan& plan = (*program)->plan();
  auto native = CompiledPlan::of(plan, std::move(layout), std::move(code));
  if (!native) return native.error().message;
  auto assets = enforce::load_assets(plan, std::filesystem::temp_directory_path());
  if (!assets) return text + assets.error().message;
  constexpr int64_t begin = 1'767'225'600'000'000'000;
  auto simulation = offline::Simulation::make(*program, *assets, begin);
  if (!simulation) return text + simulation.error().message;
  Comparison comparison(plan, *native);
  for (uint32_t i = 0; i < calls; ++i) {
    std::string json = random_call(choices);
    auto call = offline::read_call(json, plan);
    if (!call) return json + "\n" + call.error().message;
    AipolScratch scratch;
    if (auto difference = comparison.compare(facts_of(**simulation, *call, scratch)))
      return text + json + "\n" + *difference;
    for (const plan::Stage& stage : plan.stages) {
      auto difference = column_difference(**program, native->layout(), stage.phase, call->call,
                                          surroundings_of(**simulation));
      if (difference) return text + json + "\n" + *difference;
    }
  }
  return {};
}

}  // namespace aipol::testing
