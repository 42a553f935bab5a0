// Requests with which something else is done.
#include <algorithm>
#include <map>

#include "difference/questions.h"

namespace aipol::difference {

using plan::Effect;
using plan::NodeId;
using prove::Case;

namespace {

// What is recorded of refused requests, too.
bool of_all_requests(const Rule& rule) {
  return rule.shadow || rule.effect == Effect::log || rule.effect == Effect::alert ||
         rule.effect == Effect::tag || rule.effect == Effect::redact;
}

bool has(const std::vector<Act>& acts, const Act& act) {
  return std::ranges::find(acts, act.key, &Act::key) != acts.end();
}

}  // namespace

void Questions::effects_differ(size_t edit) {
  const Edit& one = edits_[edit];
  for (Side side : {Side::after, Side::before}) {
    const Rule* rule = one.of(side);
    if (rule == nullptr || rule->acts.empty()) continue;
    bool winner = rule->routes() || (!rule->field.empty() && !rule->shadow);
    if (winner)
      winner_differs(edit, *rule);
    else if (rule->own_counter)
      limit_differs(edit, *rule);
    else
      effect_differs(edit, *rule);
  }
}

std::vector<const Rule*> Questions::doing(Side side, const Act& act) const {
  std::vector<const Rule*> out;
  for (const Rule& rule : rules_[side]) {
    if (has(rule.acts, act)) out.push_back(&rule);
  }
  return out;
}

// The acts are done by the rule's set where it applies, and not by the other, none of whose
// conditions `barred` holds.
void Questions::effect(size_t edit, const Rule& rule, const std::vector<Act>& acts,
                       const Nodes& barred) {
  Question question{Kind::effect, edit, admitted_by_both(rule.guard), {}, {}, false, &rule};
  (rule.side == Side::after ? question.gained : question.lost) = acts;
  // The same edit may do something else instead.
  const Rule* instead = edits_[edit].of(other(rule.side));
  if (instead != nullptr && instead->guard == rule.guard && instead->effect == rule.effect) {
    for (const Act& act : instead->acts) {
      bool both = has(rule.acts, act);
      if (!both) (rule.side == Side::after ? question.lost : question.gained).push_back(act);
    }
    bool asked = !question.lost.empty() && !question.gained.empty() && rule.side == Side::before;
    if (asked) question.otherwise = true;
  }
  question.wanted.barred.insert(question.wanted.barred.end(), barred.begin(), barred.end());
  Question refused{Kind::effect, edit, {}, question.lost, question.gained, true, &rule};
  refused.wanted.barred = barred;
  add(std::move(question), {});
  if (!of_all_requests(rule)) return;
  Nodes goal = {rule.guard};
  if (rule.phase > plan::Phase::head) {
    for (const Admission* one : {&admission_.before, &admission_.after}) {
      for (const Rule* refusal : one->refusing) {
        bool earlier = refusal->phase < rule.phase && refusal->phase < plan::Phase::output;
        if (earlier) refused.wanted.barred.push_back(refusal->guard);
      }
    }
  }
  if (rule.phase > plan::Phase::body) {
    for (const Admission* one : {&admission_.before, &admission_.after}) {
      goal.push_back(any_of(one->allows, rule.guard));
      goal.push_back(one->model);
    }
  }
  if (graph_.models().endpoints_differ()) {
    goal.push_back(admission_.before.served);
    goal.push_back(admission_.after.served);
  }
  add(std::move(refused), goal);
}

void Questions::effect_differs(size_t edit, const Rule& rule) {
  // Acts that the same statements of the other set do are asked about at once.
  std::map<std::set<NodeId>, std::vector<Act>> by_guards;
  for (const Act& act : rule.acts) {
    std::set<NodeId> guards;
    for (const Rule* one : doing(other(rule.side), act)) guards.insert(one->guard);
    if (!guards.contains(rule.guard)) by_guards[std::move(guards)].push_back(act);
  }
  for (const auto& [guards, acts] : by_guards)
    effect(edit, rule, acts, {guards.begin(), guards.end()});
}

// Statements of one set that write to the same place, or route: the first by rank counts.
std::vector<const Rule*> Questions::rivals(const Rule& rule) const {
  std::vector<const Rule*> out;
  for (const Rule& one : rules_[rule.side]) {
    bool same = rule.routes() ? one.routes() : one.field == rule.field && !one.shadow;
    if (same && one.effect == rule.effect && one.rank < rule.rank) out.push_back(&one);
  }
  return out;
}

NodeId Questions::wins(const Rule& rule) {
  Nodes parts = {rule.guard};
  for (const Rule* one : rivals(rule)) parts.push_back(terms_.negation(one->guard));
  return terms_.all(parts);
}

void Questions::winner_differs(size_t edit, const Rule& rule) {
  Nodes barred;
  for (const Rule* one : rivals(rule)) barred.push_back(one->guard);
  for (const Rule* one : doing(other(rule.side), rule.acts[0])) barred.push_back(wins(*one));
  effect(edit, rule, rule.acts, barred);
}

// What one statement counts another does not: each is compared with its own counterpart.
void Questions::limit_differs(size_t edit, const Rule& rule) {
  const Rule* counterpart = edits_[edit].of(other(rule.side));
  bool same = counterpart != nullptr && counterpart->own_counter &&
              counterpart->acts[0].key == rule.acts[0].key;
  Nodes barred;
  if (same) barred.push_back(counterpart->guard);
  effect(edit, rule, rule.acts, barred);
}

}  // namespace aipol::difference
