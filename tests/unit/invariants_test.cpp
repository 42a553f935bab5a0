// Invariants: what is proved, no request breaks; what is refuted, the printed test shows.
#include <doctest.h>

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/compile.h"
#include "compiler/prove/invariants.h"
#include "invariants/shown.h"
#include "plan/interpret.h"
#include "runtime/offline/read_call.h"
#include "runtime/offline/simulation.h"
#include "tests/support/random_policy.h"

namespace aipol::testing {

namespace {

using Kind = prove::Verdict::Kind;
using plan::Effect;
using Rule = plan::Invariant::Rule;

std::unique_ptr<compiler::Compilation> compile(const std::string& text) {
  source::Files files;
  files.add("set.aipol", text);
  auto made = compiler::compile(std::move(files), {.last = compiler::Step::jit,
                                                   .invariants = true,
                                                   .tier = compiler::Tier::fast});
  REQUIRE(made);
  return std::move(*made);
}

// A set with its invariants, and calls that go through it.
class World {
 public:
  explicit World(compiler::Compilation& set) : invariants_(set.invariants) {
    auto program = decision::Program::load(
        std::move(set.plan), set.layout,
        {std::move(set.native.stages), std::move(set.native.values), set.native.memory});
    REQUIRE(program);
    program_ = *program;
    auto assets = enforce::load_assets(plan(), ".");
    REQUIRE(assets);
    constexpr int64_t begin = 1'767'225'600'000'000'000;
    auto simulation = offline::Simulation::make(program_, *assets, begin);
    REQUIRE(simulation);
    simulation_ = std::move(*simulation);
    interpreter_ = std::make_unique<plan::Interpreter>(plan());
    for (plan::SourceId id = 0; id < plan().sources.size(); ++id) sources_.push_back(id);
  }

  const plan::Plan& plan() const { return program_->plan(); }

  // Sends a random call that the identity of the set could make.
  void send(Choices& choices) {
    call_ = random_call(choices);
    auto call = offline::read_call(call_, plan());
    REQUIRE(call);
    described_ = std::move(*call);
    context::Principal& principal = described_.call.principal;
    if (choices.one_in(4)) {
      principal = {};
      described_.has_principal = false;
    } else {
      principal.method = "jwt";
      if (principal.kind == "anonymous") principal.kind = choices.one_in(2) ? "user" : "app";
    }
    context::Response answer = described_.call.response;
    if (answer.status == 0) answer.status = 200;
    if (answer.size == 0) answer.size = static_cast<int64_t>(answer.text.size());
    outcome_ = simulation_->decide(described_);
    described_.call.response = answer;
    if (simulation_->evaluation() == nullptr) return;
    for (bool with_target : {false, true}) {
      context::Surroundings around = simulation_->evaluation()->around();
      if (with_target) around.target = target();
      plan::Facts& facts = with_target ? facts_of_target_ : facts_;
      program_->facts().read(described_.call, around, sources_, facts,
                             with_target ? target_scratch_ : scratch_);
    }
  }

  bool breaks(const Rule& rule) {
    if (simulation_->evaluation() == nullptr) return false;
    const decision::Decision& decision = outcome_.decision;
    bool sent = decision.allowed || decision.phase >= plan::Phase::output;
    bool of_target = reads_target(rule.condition);
    if (of_target && outcome_.target.empty()) return false;
    if (interpreter_->value(rule.condition, of_target ? facts_of_target_ : facts_).a == 0)
      return false;
    switch (rule.effect) {
      case Effect::allow:
        return rule.never ? sent : !decision.allowed;
      case Effect::deny:
        return rule.never ? !decision.allowed : sent;
      case Effect::route:
        return sent && outcome_.target.empty() != rule.never;
      case Effect::require:
        return rule.never && effects().contains(Effect::require);
      default:
        return sent && effects().contains(rule.effect) == rule.never;
    }
  }

  std::string told() const {
    return fmt::format("{}\n{} {} by {}", call_, outcome_.decision.allowed ? "allow" : "deny",
                       outcome_.decision.status, outcome_.target);
  }

 private:
  std::optional<context::Candidate> target() const {
    const auto& models = plan().deployment.models;
    auto model = std::ranges::find(models, outcome_.target, &plan::Model::name);
    if (model == models.end()) return std::nullopt;
    return context::Candidate{static_cast<uint32_t>(model - models.begin())};
  }

  bool reads_target(plan::NodeId node) const {
    const plan::Node& n = plan().code[node];
    bool source = n.op == plan::Op::source || n.op == plan::Op::has;
    if (source && plan().sources[n.payload].path.starts_with("target.")) return true;
    return std::ranges::any_of(plan().code.arguments(node),
                               [&](plan::NodeId part) { return reads_target(part); });
  }

  std::set<Effect> effects() const {
    std::set<Effect> out;
    for (const auto& list : {outcome_.decision.fired, outcome_.decision.refusing}) {
      for (uint32_t number : list) {
        if (!plan().statements[number].shadow) out.insert(plan().statements[number].effect);
      }
    }
    return out;
  }

  const std::vector<plan::Invariant> invariants_;
  std::shared_ptr<const decision::Program> program_;
  std::unique_ptr<offline::Simulation> simulation_;
  std::unique_ptr<plan::Interpreter> interpreter_;
  std::vector<plan::SourceId> sources_;
  std::string call_;
  offline::DescribedCall described_;
  offline::Outcome outcome_;
  plan::Facts facts_, facts_of_target_;
  AipolScratch scratch_, target_scratch_;
};

}  // namespace

TEST_CASE("no request breaks what is proved; tests show what is refuted") {
  constexpr uint64_t sets = 60;
  constexpr int calls = 1000;
  size_t proved = 0, refuted = 0, shown = 0, unknown = 0;
  for (uint64_t seed = 1; seed <= sets; ++seed) {
    Choices choices(seed);
    std::string text = random_policy_with_invariants(choices);
    auto set = compile(text);
    if (set->failed()) continue;  // what the generator can not tell (differential.cpp)
    auto verdicts = prove::decide(set->plan, set->invariants);
    REQUIRE(verdicts);
    std::vector<plan::Invariant> invariants = set->invariants;
    std::vector<invariants::Claim> claims;
    for (const prove::Verdict& verdict : *verdicts) {
      for (const auto& one : verdict.counterexamples) claims.push_back({one.rule.file, one.test});
      refuted += verdict.kind == Kind::refuted;
      unknown += verdict.kind == Kind::unknown;
    }
    auto held = invariants::shown(set->files, claims, ".", "");
    REQUIRE(held);
    shown += static_cast<size_t>(std::ranges::count(*held, true));
    for (size_t i = 0; i < claims.size(); ++i) {
      if (!(*held)[i]) MESSAGE("seed " << seed << " does not show\n" << claims[i].test);
    }
    std::vector<const Rule*> rules;
    for (size_t i = 0; i < invariants.size(); ++i) {
      if ((*verdicts)[i].kind != Kind::proved) continue;
      ++proved;
      for (const Rule& rule : invariants[i].rules) rules.push_back(&rule);
    }
    if (rules.empty()) continue;
    World world(*set);
    for (int call = 0; call < calls; ++call) {
      world.send(choices);
      for (const Rule* rule : rules) {
        if (world.breaks(*rule))
          FAIL("seed " << seed << " line " << rule->place.line << "\n" << text << world.told());
      }
    }
  }
  MESSAGE(proved << " proved, " << refuted << " refuted, " << shown << " shown, " << unknown << " unknown");
  CHECK(proved > 40);
  CHECK(shown > 10);
}

}  // namespace aipol::testing
