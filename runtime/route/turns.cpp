#include <algorithm>

#include "runtime/route/route.h"

namespace aipol::route {

uint64_t Turns::next() {
  std::lock_guard lock(mutex_);
  return turn_++;
}

// Smooth weighted round robin: each gains its weight, the one that has most is taken and pays what
// all gained.
size_t Turns::next_by_weight(std::span<const Candidate> candidates) {
  std::lock_guard lock(mutex_);
  int64_t gained = 0;
  Balance* most = nullptr;
  size_t taken = 0;
  bool weightless =
      std::ranges::all_of(candidates, [](const Candidate& c) { return c.weight == 0; });
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (candidates[i].weight == 0 && !weightless) continue;
    Balance& balance = balances_[candidates[i].target];
    balance.current += candidates[i].weight;
    gained += candidates[i].weight;
    if (most && balance.current <= most->current) continue;
    most = &balance;
    taken = i;
  }
  if (most) most->current -= gained;
  return taken;
}

bool Turns::next_of_sample(double sample) {
  std::lock_guard lock(mutex_);
  sampled_ += std::clamp(sample, 0.0, 1.0);
  if (sampled_ < 1.0 - 1e-9) return false;
  sampled_ -= 1.0;
  return true;
}

}  // namespace aipol::route
