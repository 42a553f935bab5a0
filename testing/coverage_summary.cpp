#include "testing/coverage_summary.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>

namespace aipol::testing {

namespace {

bool of_standard_library(const plan::Policy& policy) {
  return policy.package == "std" || policy.package.starts_with("std.");
}

auto order_of(const plan::Place& place) {
  return std::tuple(std::string_view(place.file), place.line, place.column);
}

// The parts of one policy by where they stand. `@enforce` makes two statements of what is written
// once.
class PolicyParts {
 public:
  void add(const plan::Plan& plan, const plan::Statement& statement,
           const Coverage::Statement& covered) {
    CoveredStatement& to = statements_[order_of(statement.place)];
    to.place = statement.place;
    to.effect = statement.effect;
    to.can_refuse |= !statement.shadow &&
                     (plan::refuses(statement.effect) || statement.effect == plan::Effect::limit);
    to.fired += covered.fired;
    to.refused += covered.refused;
    for (size_t i = 0; i < statement.conditions.size(); ++i)
      add(plan, statement.conditions[i], covered.conditions[i]);
  }

  void fill(CoveredPolicy& policy) const {
    for (const auto& [place, statement] : statements_) policy.statements.push_back(statement);
    for (const auto& [place, part] : conditions_) {
      if (!part.by_chance) policy.conditions.push_back(part.condition);
    }
  }

 private:
  struct Part {
    CoveredCondition condition;
    bool wanted = true;
    bool by_chance = false;  // what `@enforce` asks of the principal: authors do not choose it
  };
  using Order = std::tuple<std::string_view, uint32_t, uint32_t>;

  void add(const plan::Plan& plan, const plan::Condition& condition, const Outcomes& outcomes) {
    if (plan.code[condition.node].op == plan::Op::constant) return;
    auto [at, is_new] = conditions_.try_emplace(order_of(condition.place));
    Part& part = at->second;
    if (is_new) part = {{condition.place, condition.text, {}}, condition.wanted, false};
    part.by_chance |= part.wanted != condition.wanted;
    part.condition.outcomes.held += outcomes.held;
    part.condition.outcomes.failed += outcomes.failed;
  }

  std::map<Order, CoveredStatement> statements_;
  std::map<Order, Part> conditions_;
};

void count(Share& share, bool hit) {
  ++share.total;
  share.hit += hit;
}

void count(CoverageSummary& summary, const CoveredPolicy& policy) {
  count(summary.of_policies, policy.fired());
  for (const CoveredStatement& statement : policy.statements) {
    count(summary.of_statements, statement.fired > 0);
    if (statement.can_refuse) count(summary.of_refusals, statement.refused > 0);
  }
  for (const CoveredCondition& condition : policy.conditions) {
    count(summary.of_conditions, condition.outcomes.held > 0);
    count(summary.of_conditions, condition.outcomes.failed > 0);
  }
}

}  // namespace

bool CoveredPolicy::fired() const {
  return std::ranges::any_of(statements,
                             [](const CoveredStatement& statement) { return statement.fired > 0; });
}

CoverageSummary summarize(const plan::Plan& plan, const Coverage& coverage) {
  std::vector<PolicyParts> parts(plan.policies.size());
  for (size_t i = 0; i < plan.statements.size(); ++i)
    parts[plan.statements[i].policy].add(plan, plan.statements[i], coverage.statements[i]);
  CoverageSummary summary;
  for (size_t i = 0; i < plan.policies.size(); ++i) {
    if (of_standard_library(plan.policies[i])) continue;
    CoveredPolicy& policy = summary.policies.emplace_back();
    policy.policy = plan.policies[i];
    parts[i].fill(policy);
    count(summary, policy);
  }
  std::ranges::sort(summary.policies, {},
                    [](const CoveredPolicy& policy) { return order_of(policy.policy.place); });
  return summary;
}

}  // namespace aipol::testing
