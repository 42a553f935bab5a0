#include "compiler/index/keys.h"

#include <algorithm>
#include <map>
#include <unordered_map>

namespace aipol::compiler {

namespace {

// A list of very many members is no key: it would have an entry for each of them, in each statement.
constexpr size_t most_values = 1024;

using Class = std::vector<Candidate*>;

// Columns of the candidates, and which of them have several values in this statement.
std::vector<uint64_t> signature(const Candidate& candidate) {
  std::vector<uint64_t> result;
  for (const KeyCandidate& key : candidate.keys) {
    bool several = key.test.values.size() > 1;
    result.push_back(static_cast<uint64_t>(key.test.source) << 8 | static_cast<uint64_t>(key.test.kind) << 1 | several);
  }
  return result;
}

// How many statements of the class a request meets that meets any, if requests are like the statements.
template <class Visit>
double mean_bucket(Visit visit) {
  std::unordered_map<uint64_t, uint32_t> buckets;
  visit([&](uint64_t key) { ++buckets[key]; });
  double squares = 0, sum = 0;
  for (auto [key, count] : buckets) squares += double(count) * count, sum += count;
  return squares / sum;
}

// What groups there are, by their columns: how many classes use each.
using Column = std::pair<plan::Domain::Kind, plan::SourceId>;
using Groups = std::map<std::vector<Column>, size_t>;

struct Choice {
  std::vector<size_t> keys;
  double cost = 0;  // in nanoseconds, more or less
};

constexpr double row_cost = 1.5;

// Chooses for one class of statements, given the groups of the others: a group that is there costs no further look-up.
class Chooser {
 public:
  Chooser(const Class& members, const Groups& groups) : members_(members), groups_(groups) {}

  Choice choose() {
    size_t columns = std::min(members_[0]->keys.size(), most_columns);
    for (size_t i = 0; i < columns; ++i) consider({i});
    for (size_t i = 0; i < columns; ++i) {
      for (size_t k = i + 1; k < columns; ++k) {
        if (pairs_well(i) && pairs_well(k)) consider({i, k});
      }
    }
    return best_;
  }

 private:
  // Bounds the time of choosing; eight columns are more than guards name.
  static constexpr size_t most_columns = 8;

  const SetTest& test(size_t key) const { return members_[0]->keys[key].test; }
  bool pairs_well(size_t key) const { return test(key).single && test(key).values.size() == 1; }

  double look_up(const std::vector<size_t>& keys) const {
    if (groups_.contains(columns_of(*members_[0], keys))) return 0;
    return keys.size() == 2 ? 5 : test(keys[0]).single ? 2 : 4;
  }

  void consider(std::vector<size_t> keys) {
    double cost = look_up(keys);
    if (!best_.keys.empty() && cost + row_cost >= best_.cost) return;
    double bucket = keys.size() == 2 ? pair_bucket(keys) : bucket_of(keys[0]);
    cost += row_cost * bucket * (test(keys[0]).single ? 1 : 2);
    if (best_.keys.empty() || cost < best_.cost) best_ = {std::move(keys), cost};
  }

  double bucket_of(size_t key) const {
    return mean_bucket([&](auto count) {
      for (const Candidate* member : members_) {
        for (ValueId value : member->keys[key].test.values) count(value);
      }
    });
  }

  double pair_bucket(const std::vector<size_t>& keys) const {
    return mean_bucket([&](auto count) {
      for (const Candidate* member : members_) {
        count(uint64_t{member->keys[keys[0]].test.values[0]} << 32 | member->keys[keys[1]].test.values[0]);
      }
    });
  }

 public:
  static std::vector<Column> columns_of(const Candidate& member, const std::vector<size_t>& keys) {
    std::vector<Column> columns;
    for (size_t key : keys) columns.emplace_back(member.keys[key].test.kind, member.keys[key].test.source);
    return columns;
  }

 private:
  const Class& members_;
  const Groups& groups_;
  Choice best_;
};

struct Decided {
  Class members;
  std::vector<size_t> keys;
};

// The largest classes first; then each again, because it may do better with what others have chosen since.
void decide(std::vector<Decided>& classes) {
  std::ranges::stable_sort(classes, std::ranges::greater{}, [](const Decided& one) { return one.members.size(); });
  Groups groups;
  for (int round = 0; round < 2; ++round) {
    for (Decided& one : classes) {
      auto drop = [&](auto group) { if (group != groups.end() && --group->second == 0) groups.erase(group); };
      if (round > 0) drop(groups.find(Chooser::columns_of(*one.members[0], one.keys)));
      one.keys = Chooser(one.members, groups).choose().keys;
      ++groups[Chooser::columns_of(*one.members[0], one.keys)];
    }
  }
}

}  // namespace

void choose_keys(std::vector<Candidate>& candidates) {
  std::map<std::vector<uint64_t>, Class> classes;
  for (Candidate& candidate : candidates) {
    std::erase_if(candidate.keys, [](const KeyCandidate& key) { return key.test.values.size() > most_values; });
    if (!candidate.keys.empty()) classes[signature(candidate)].push_back(&candidate);
  }
  std::vector<Decided> decided;
  for (auto& [columns, members] : classes) decided.push_back({std::move(members), {}});
  decide(decided);
  // Entries beyond these would take more memory than the speed is worth.
  size_t budget = 65536 + 64 * candidates.size();
  for (const auto& [members, keys] : decided) {
    for (Candidate* member : members) {
      size_t entries = keys.size() == 1 ? member->keys[keys[0]].test.values.size() : 1;
      if (entries > budget) continue;
      budget -= entries;
      member->chosen = keys;
    }
  }
}

}  // namespace aipol::compiler
