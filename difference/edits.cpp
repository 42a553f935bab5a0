#include "difference/edits.h"

#include <algorithm>
#include <map>
#include <unordered_map>

namespace aipol::difference {

namespace {

// Statements among which the order says who wins; empty where it says nothing.
std::string contest(const Rule& rule) {
  if (rule.shadow) return {};
  if (rule.refuses()) return "refusal " + std::to_string(static_cast<int>(rule.phase));
  if (rule.routes()) return "route";
  return rule.field.empty() ? std::string() : "set " + rule.field;
}

// Of numbers those that must move so that the others ascend: all but a longest ascending row.
std::vector<size_t> out_of_order(const std::vector<uint32_t>& numbers) {
  std::vector<size_t> last, before(numbers.size());  // ends of the best rows, by length
  for (size_t i = 0; i < numbers.size(); ++i) {
    auto at = std::ranges::lower_bound(last, numbers[i], {}, [&](size_t k) { return numbers[k]; });
    before[i] = at == last.begin() ? numbers.size() : *std::prev(at);
    if (at == last.end())
      last.push_back(i);
    else
      *at = i;
  }
  std::vector<bool> kept(numbers.size(), false);
  for (size_t i = last.empty() ? numbers.size() : last.back(); i < numbers.size(); i = before[i])
    kept[i] = true;
  std::vector<size_t> out;
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (!kept[i]) out.push_back(i);
  }
  return out;
}

class Pairing {
 public:
  Pairing(const Both<std::vector<Rule>>& rules, const Identities& identities)
      : rules_(rules), identities_(identities) {}

  std::vector<Edit> run() {
    match_same();
    pair(
        [&](const Rule& a, const Rule& b) { return policy(a) == policy(b) && a.guard == b.guard; });
    pair([&](const Rule& a, const Rule& b) {
      return policy(a) == policy(b) && a.acts.size() == b.acts.size() && !a.acts.empty() &&
             a.acts[0].key == b.acts[0].key;
    });
    pair([&](const Rule& a, const Rule& b) { return policy(a) == policy(b); });
    pair([&](const Rule& a, const Rule& b) { return a.guard == b.guard; });
    for (const Rule* rule : left_.before) edits_.push_back({rule, nullptr, false});
    for (const Rule* rule : left_.after) edits_.push_back({nullptr, rule, false});
    std::ranges::stable_sort(edits_, {}, [](const Edit& edit) {
      return edit.after != nullptr ? std::pair(0, edit.after->number)
                                   : std::pair(1, edit.before->number);
    });
    return std::move(edits_);
  }

 private:
  const std::string& policy(const Rule& rule) const { return identities_[rule.side][rule.number]; }

  void match_same() {
    std::unordered_map<std::string, std::vector<const Rule*>> there;
    for (const Rule& rule : rules_.before) there[rule.signature()].push_back(&rule);
    std::vector<std::pair<const Rule*, const Rule*>> same;
    for (const Rule& rule : rules_.after) {
      auto found = there.find(rule.signature());
      if (found == there.end() || found->second.empty()) {
        left_.after.push_back(&rule);
        continue;
      }
      // Of several the one of the same policy.
      auto& list = found->second;
      auto mine =
          std::ranges::find_if(list, [&](const Rule* one) { return policy(*one) == policy(rule); });
      if (mine == list.end()) mine = list.begin();
      same.emplace_back(*mine, &rule);
      list.erase(mine);
    }
    for (const Rule& rule : rules_.before) {
      auto& list = there[rule.signature()];
      if (std::ranges::find(list, &rule) != list.end()) left_.before.push_back(&rule);
    }
    find_moved(same);
  }

  void find_moved(const std::vector<std::pair<const Rule*, const Rule*>>& same) {
    std::map<std::string, std::vector<std::pair<const Rule*, const Rule*>>> contests;
    for (const auto& one : same) {
      if (std::string in = contest(*one.first); !in.empty()) contests[in].push_back(one);
    }
    for (auto& [in, pairs] : contests) {
      std::ranges::sort(pairs, {}, [](const auto& one) { return one.first->rank; });
      std::vector<uint32_t> ranks;
      for (const auto& one : pairs) ranks.push_back(one.second->rank);
      for (size_t i : out_of_order(ranks))
        edits_.push_back({pairs[i].first, pairs[i].second, true});
    }
  }

  static bool alike(const Rule& a, const Rule& b) {
    if (a.effect == b.effect) return true;
    return plan::refuses(a.effect) && plan::refuses(b.effect);
  }

  template <class F>
  void pair(F same) {
    std::vector<const Rule*> left;
    for (const Rule* rule : left_.after) {
      auto found = std::ranges::find_if(
          left_.before, [&](const Rule* one) { return alike(*one, *rule) && same(*one, *rule); });
      if (found == left_.before.end()) {
        left.push_back(rule);
        continue;
      }
      edits_.push_back({*found, rule, false});
      left_.before.erase(found);
    }
    left_.after = std::move(left);
  }

  const Both<std::vector<Rule>>& rules_;
  const Identities& identities_;
  Both<std::vector<const Rule*>> left_;
  std::vector<Edit> edits_;
};

}  // namespace

std::vector<Edit> edits_of(const Both<std::vector<Rule>>& rules, const Identities& identities) {
  return Pairing(rules, identities).run();
}

}  // namespace aipol::difference
