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

struct Choice {
  std::vector<size_t> keys;
  double cost = 0;  // in nanoseconds, more or less
};

constexpr double row_cost = 1.5;

Choice by_one(const Class& members, size_t at) {
  double bucket = mean_bucket([&](auto count) {
    for (const Candidate* member : members) {
      for (ValueId value : member->keys[at].test.values) count(value);
    }
  });
  bool single = members[0]->keys[at].test.single;
  return {{at}, single ? 2 + row_cost * bucket : 4 + 2 * row_cost * bucket};
}

Choice by_two(const Class& members, size_t first, size_t second) {
  double bucket = mean_bucket([&](auto count) {
    for (const Candidate* member : members) {
      count(uint64_t{member->keys[first].test.values[0]} << 32 | member->keys[second].test.values[0]);
    }
  });
  return {{first, second}, 5 + row_cost * bucket};
}

bool pairs_well(const SetTest& test) { return test.single && test.values.size() == 1; }

// Bounds the time of choosing; what is named first in a guard is as good as any.
constexpr size_t most_columns = 8;

Choice best(const Class& members) {
  const auto& keys = members[0]->keys;
  Choice best;
  auto consider = [&](Choice choice) {
    if (best.keys.empty() || choice.cost < best.cost) best = std::move(choice);
  };
  size_t columns = std::min(keys.size(), most_columns);
  for (size_t i = 0; i < columns; ++i) consider(by_one(members, i));
  if (best.cost < 5 + row_cost) return best;
  for (size_t i = 0; i < columns; ++i) {
    for (size_t k = i + 1; k < columns; ++k) {
      if (pairs_well(keys[i].test) && pairs_well(keys[k].test)) consider(by_two(members, i, k));
    }
  }
  return best;
}

}  // namespace

void choose_keys(std::vector<Candidate>& candidates) {
  std::map<std::vector<uint64_t>, Class> classes;
  for (Candidate& candidate : candidates) {
    std::erase_if(candidate.keys, [](const KeyCandidate& key) { return key.test.values.size() > most_values; });
    if (!candidate.keys.empty()) classes[signature(candidate)].push_back(&candidate);
  }
  // Entries beyond these would take more memory than the speed is worth.
  size_t budget = 65536 + 64 * candidates.size();
  for (auto& [columns, members] : classes) {
    Choice choice = best(members);
    for (Candidate* member : members) {
      size_t entries = choice.keys.size() == 1 ? member->keys[choice.keys[0]].test.values.size() : 1;
      if (entries > budget) continue;
      budget -= entries;
      member->chosen = choice.keys;
    }
  }
}

}  // namespace aipol::compiler
