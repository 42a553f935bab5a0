#include "compiler/prove/invariants.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "compiler/prove/counterexample.h"
#include "compiler/prove/hunt.h"
#include "compiler/prove/producible.h"

namespace aipol::prove {

using plan::NodeId;
using Kind = Verdict::Kind;

namespace {

constexpr Limits limits{.steps = 10'000'000,
                        .all_steps = 400'000'000,
                        .rounds = 4000,
                        .guesses = 64,
                        .questions = 20'000};
constexpr std::chrono::seconds longest{30};  // for one invariant

// All questions about the invariants of a set, in a plan that has the conditions they need.
class Questions {
 public:
  Questions(const plan::Plan& plan, const std::vector<plan::Invariant>& invariants)
      : plan_(served(plan)), terms_(plan_), refusals_(rules_of(plan).refusals) {
    const plan::Plan before = plan_;
    Prover prover(before, limits, unsaid(before));
    Violations violations(terms_, prover);
    for (const plan::Invariant& invariant : invariants) {
      auto& rules = cases_.emplace_back();
      for (const auto& rule : invariant.rules) rules.push_back(violations.of(rule));
    }
    always_ = {{callers(terms_), true}, {arrivals(terms_), true}};
    usual_ = usual();
  }

  const plan::Plan& plan() const { return plan_; }
  const std::vector<NodeId>& refusals() const { return refusals_; }
  // By invariant, by rule.
  const std::vector<std::vector<std::vector<Case>>>& cases() const { return cases_; }
  // What holds of every request, and what holds of those that tests can send.
  const Goal& always() const { return always_; }
  const Goal& usual_world() const { return usual_; }

 private:
  static plan::Plan served(plan::Plan plan) {
    serve_prompts(plan);
    return plan;
  }

  // Meters and classifiers as tests begin.
  Goal usual() {
    Goal out;
    for (plan::SourceId id = 0; id < plan_.sources.size(); ++id) {
      const plan::Source& source = plan_.sources[id];
      bool world = source.path.starts_with("meter.") || source.path.starts_with("classifier.");
      if (!world || source.path.ends_with(".remaining")) continue;
      out.push_back({source.rep == plan::Rep::boolean ? terms_.negation(terms_.read(id))
                                                      : terms_.is(id, zero_of(source)),
                     true});
    }
    return out;
  }

  plan::Plan plan_;
  Terms terms_;
  std::vector<NodeId> refusals_;
  std::vector<std::vector<std::vector<Case>>> cases_;
  Goal always_, usual_;
};

class Deciding {
 public:
  explicit Deciding(const Questions& questions)
      : questions_(questions),
        prover_(questions.plan(), limits, unsaid(questions.plan())),
        arrived_(prover_.shape()),
        hunt_(prover_, arrived_, questions.always(), questions.refusals()),
        counterexamples_(prover_, arrived_) {}

  Verdict decide(const plan::Invariant& invariant, const std::vector<std::vector<Case>>& rules) {
    name_ = invariant.name;
    verdict_ = {};
    end_ = std::chrono::steady_clock::now() + longest;
    for (size_t i = 0; i < rules.size() && verdict_.counterexamples.empty(); ++i) {
      rule_ = invariant.rules[i].place;
      auto certain = [](const Case& one) { return !one.limit && one.doubt.empty(); };
      decide(rules[i], certain);
      if (verdict_.counterexamples.empty()) decide(rules[i], std::not_fn(certain));
    }
    if (!verdict_.counterexamples.empty())
      verdict_.kind = Kind::refuted;
    else
      verdict_.kind = verdict_.why.empty() ? Kind::proved : Kind::unknown;
    return std::move(verdict_);
  }

  const std::string& trouble() const { return prover_.trouble(); }

 private:
  template <class F>
  void decide(const std::vector<Case>& cases, F asked) {
    for (const Case& one : cases) {
      if (!asked(one) || !verdict_.counterexamples.empty()) continue;
      if (std::chrono::steady_clock::now() > end_) return doubt("it took too long");
      Answer answer = hunt_.find(one, {});
      if (answer.kind == Answer::Kind::unknown) doubt("a question was too hard");
      if (answer.kind == Answer::Kind::yes) broken(one, answer.world);
    }
  }

  void broken(const Case& one, const World& found) {
    World shown = found;
    if (!counterexamples_.can_be_sent(found)) {
      Answer usual = hunt_.find(one, questions_.usual_world());
      if (usual.kind == Answer::Kind::yes) shown = std::move(usual.world);
    }
    verdict_.counterexamples = counterexamples_.of(name_, rule_, one, shown);
    std::string why = one.doubt;
    if (one.limit) why = fmt::format("a `limit` of {} may refuse it", policy_of(one.limit->statement));
    doubt(fmt::format("perhaps broken by `{}`, which no test shows{}{}",
                      counterexamples_.described(shown), why.empty() ? "" : ": ", why));
  }

  std::string policy_of(uint32_t statement) const {
    const plan::Plan& plan = questions_.plan();
    return plan.policies[plan.statements[statement].policy].name;
  }

  void doubt(std::string why) {
    if (verdict_.why.empty()) verdict_.why = std::move(why);
  }

  const Questions& questions_;
  Prover prover_;
  Arrived arrived_;
  Hunt hunt_;
  Counterexamples counterexamples_;
  std::string name_;
  plan::Place rule_;
  Verdict verdict_;
  std::chrono::steady_clock::time_point end_;
};

}  // namespace

Result<std::vector<Verdict>> decide(const plan::Plan& plan,
                                    const std::vector<plan::Invariant>& invariants) {
  std::vector<Verdict> out;
  if (invariants.empty()) return out;
  Questions questions(plan, invariants);
  Deciding deciding(questions);
  for (size_t i = 0; i < invariants.size(); ++i) {
    out.push_back(deciding.decide(invariants[i], questions.cases()[i]));
    if (!deciding.trouble().empty()) return failure(deciding.trouble());
  }
  return out;
}

}  // namespace aipol::prove
