#include "compiler/planner/ranks.h"

#include <algorithm>
#include <string_view>
#include <tuple>

namespace aipol::planner {

namespace {

// The highest priority, then 401, then the smallest policy name, then the order written.
auto key_of(const plan::Plan& plan, uint32_t number) {
  const plan::Statement& statement = plan.statements[number];
  const plan::Policy& policy = plan.policies[statement.policy];
  int64_t priority = policy.priority == INT64_MIN ? INT64_MAX : -policy.priority;
  return std::tuple(priority, statement.status != 401, std::string_view(policy.name),
                    std::string_view(policy.package), number);
}

std::vector<uint32_t> ranked_before(const plan::Plan& plan) {
  std::vector<uint32_t> order;
  for (uint32_t number = 0; number < plan.statements.size(); ++number) {
    uint32_t rank = plan.statements[number].rank;
    if (rank == no_rank) continue;
    if (order.size() <= rank) order.resize(rank + 1, no_rank);
    order[rank] = number;
  }
  std::erase(order, no_rank);
  return order;
}

}  // namespace

void rank_refusals(plan::Plan& plan) {
  auto key = [&](uint32_t number) { return key_of(plan, number); };
  std::vector<uint32_t> ranked = ranked_before(plan), fresh, order;
  for (uint32_t number = 0; number < plan.statements.size(); ++number) {
    if (plan.statements[number].rank == no_rank) fresh.push_back(number);
  }
  std::ranges::sort(fresh, {}, key);
  std::ranges::merge(ranked, fresh, std::back_inserter(order), {}, key, key);
  for (uint32_t rank = 0; rank < order.size(); ++rank) plan.statements[order[rank]].rank = rank;
}

}  // namespace aipol::planner
