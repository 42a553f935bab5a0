#include "runtime/enforce/passage.h"

#include <algorithm>

#include "runtime/enforce/arguments.h"

namespace aipol::enforce {

using decision::Decision;
using plan::Phase;

Passage::Passage(Engine& engine, context::Call& call)
    : engine_(engine),
      call_(call),
      evaluation_(engine.program(), call, engine.surroundings(), this, this) {}

std::optional<Decision> Passage::head() {
  away_ = !engine_.world().sessions.recall(call_.session, engine_.world().clock.now());
  if (auto refused = evaluation_.head()) return refused;
  if (away_) return unreachable(Phase::head);
  return std::nullopt;
}

std::optional<Decision> Passage::body() {
  Decision decision = evaluation_.body();
  if (!decision.allowed) return decision;
  if (away_) return unreachable(Phase::body);
  allowed_ = std::move(decision);
  return std::nullopt;
}

std::optional<Decision> Passage::admit(const context::Usage& estimate) {
  context::Usage expected = recalled_ ? call_.usage : estimate;
  if (!attempts_.targets.empty() && !recalled_)
    expected.cost = engine_.cost(attempts_.targets[0], estimate);
  return reserve(expected);
}

context::Call Passage::forwarded(uint32_t target, context::BodyEdits* edits) {
  context::BodyEdits made;
  context::Call sent = rewritten(made);
  if (edits != nullptr) *edits = std::move(made);
  sent.model_name = engine_.plan().deployment.models[target].name;
  return sent;
}

Redaction Passage::redaction(Surface surface) const {
  return redaction_of(evaluation_, engine_.assets(), surface, engine_.world().redaction_secret);
}

// As policies let the upstream see it.
context::Call Passage::rewritten(context::BodyEdits& edits) {
  context::Call sent = call_;
  rewrite_request(evaluation_, redaction(Surface::request), placeholders_, sent, edits);
  return sent;
}

bool Passage::watches_answer() const {
  return engine_.reads_answers() || !placeholders_.empty() || !cache_key_.empty() ||
         rewrites_response(evaluation_);
}

std::optional<Decision> Passage::output(std::span<const uint32_t> cutting) {
  if (auto refused = evaluation_.output(cutting)) return refused;
  if (away_) return unreachable(Phase::output);
  rewrite_response(evaluation_, redaction(Surface::response), placeholders_, call_.response);
  return std::nullopt;
}

void Passage::conclude(const Decision& outcome, std::optional<uint32_t> target, bool failed) {
  if (target && call_.usage.cost == 0 && !call_.usage.cached)
    call_.usage.cost = engine_.cost(*target, call_.usage);
  if (outcome.allowed || outcome.phase >= Phase::output) evaluation_.end();
  settle(failed);
  count_late(outcome, failed);
  remember_session();
}

void Passage::finish(const Decision& outcome, std::optional<uint32_t> target, bool failed) {
  conclude(outcome, target, failed);
  keep_record(outcome, target);
  send_alerts();
}

std::set<std::string> Passage::shadow() const {
  std::set<std::string> policies;
  const plan::Plan& plan = engine_.plan();
  auto add = [&](uint32_t number) {
    policies.insert(plan.policies[plan.statements[number].policy].name);
  };
  for (uint32_t number : evaluation_.fired()) {
    const plan::Statement& statement = plan.statements[number];
    bool refused = !plan::inspects(statement.effect) || objected_.contains(number);
    if (statement.shadow && statement.effect != plan::Effect::limit && refused) add(number);
  }
  for (uint32_t number : shadow_fired_) add(number);
  for (uint32_t number : shadow_refusals_) add(number);
  return policies;
}

}  // namespace aipol::enforce
