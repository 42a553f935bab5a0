#include "testing/coverage.h"

#include <algorithm>

#include "runtime/offline/decided_stages.h"

namespace aipol::testing {

Coverage::Coverage(const plan::Plan& plan) {
  for (const plan::Statement& statement : plan.statements)
    statements.emplace_back().conditions.resize(statement.conditions.size());
}

void Coverage::add(const Coverage& other) {
  for (size_t i = 0; i < statements.size(); ++i) {
    Statement& to = statements[i];
    const Statement& from = other.statements[i];
    to.fired += from.fired;
    to.refused += from.refused;
    for (size_t j = 0; j < to.conditions.size(); ++j) {
      to.conditions[j].held += from.conditions[j].held;
      to.conditions[j].failed += from.conditions[j].failed;
    }
  }
}

CoverageRecorder::CoverageRecorder(const plan::Plan& plan)
    : plan_(plan), interpreter_(plan), coverage_(plan) {}

void CoverageRecorder::record(const offline::Simulation& simulation,
                              const offline::Outcome& outcome) {
  const decision::Decision& decision = outcome.decision;
  offline::each_decided_stage(
      simulation, decision,
      [this](const plan::Stage& stage, const plan::Facts& facts) { this->stage(stage, facts); });
  std::vector<uint32_t> refusing = decision.refusing;
  if (!decision.allowed && decision.statement) refusing.push_back(*decision.statement);
  std::ranges::sort(refusing);
  refusing.erase(std::ranges::unique(refusing).begin(), refusing.end());
  for (uint32_t number : refusing) ++coverage_.statements[number].refused;
}

void CoverageRecorder::stage(const plan::Stage& stage, const plan::Facts& facts) {
  for (uint32_t number : stage.statements) statement(number, facts);
}

void CoverageRecorder::statement(uint32_t number, const plan::Facts& facts) {
  const plan::Statement& statement = plan_.statements[number];
  Coverage::Statement& covered = coverage_.statements[number];
  for (size_t i = 0; i < statement.conditions.size(); ++i) {
    const plan::Condition& condition = statement.conditions[i];
    bool value = interpreter_.value(condition.node, facts).a != 0;
    ++(value ? covered.conditions[i].held : covered.conditions[i].failed);
    if (value != condition.wanted) return;
  }
  ++covered.fired;
}

}  // namespace aipol::testing
