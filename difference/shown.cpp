#include "difference/shown.h"

#include <algorithm>
#include <map>

namespace aipol::difference {

std::vector<std::string> done(const std::vector<Rule>& rules, const Seen& seen) {
  std::vector<std::string> out = {"target " + seen.target};
  for (const std::string& name : seen.candidates) out.push_back("candidate " + name);
  std::map<std::string, const Rule*> winners;  // by what they write
  for (uint32_t number : seen.fired) {
    const Rule& rule = rules[number];
    bool contested = rule.routes() || (!rule.field.empty() && !rule.shadow);
    if (!contested) {
      for (const Act& act : rule.acts) out.push_back(act.key);
      continue;
    }
    const Rule*& winner = winners[rule.field];
    if (winner == nullptr || rule.rank < winner->rank) winner = &rule;
  }
  for (const auto& [field, rule] : winners) {
    for (const Act& act : rule->acts) out.push_back(act.key);
  }
  return out;
}

bool shows(Question& question, const Both<std::vector<Rule>>& rules, const Both<Seen>& seen) {
  const Seen &before = seen.before, &after = seen.after;
  switch (question.kind) {
    case Kind::allowed:
      return !before.allowed && after.allowed;
    case Kind::denied:
      return before.allowed && !after.allowed;
    case Kind::answered:
      return !before.allowed && !after.allowed &&
             (before.status != after.status || before.message != after.message);
    case Kind::effect:
      break;
  }
  if (before.allowed != after.allowed) return false;
  Both<std::vector<std::string>> acts{done(rules.before, before), done(rules.after, after)};
  auto times = [&](Side side, const Act& act) {
    bool counted = std::ranges::any_of(rules[side], [&](const Rule& rule) {
      return rule.own_counter && rule.acts[0].key == act.key;
    });
    auto count = std::ranges::count(acts[side], act.key);
    return counted ? count : std::min<ptrdiff_t>(count, 1);
  };
  std::erase_if(question.lost, [&](const Act& act) {
    return times(Side::before, act) <= times(Side::after, act);
  });
  std::erase_if(question.gained, [&](const Act& act) {
    return times(Side::after, act) <= times(Side::before, act);
  });
  return !question.lost.empty() || !question.gained.empty();
}

}  // namespace aipol::difference
