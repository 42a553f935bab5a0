#include "runtime/route/route.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace aipol::route {

bool Retried::holds(std::optional<int64_t> status) const {
  if (!status) return timeout;
  return std::ranges::any_of(statuses, [&](const plan::IntegerRange& range) {
    return range.low <= *status && *status <= range.high;
  });
}

Retried retried_by_default() { return {{{429, 429}, {500, 599}}, true}; }

namespace {

struct Choice {
  Candidate candidate;
  TargetState state;
};
using Choices = std::vector<Choice>;

template <class Key>
void sort_by(Choices& choices, Key key) {
  std::ranges::stable_sort(choices, {}, key);
}

void bring_to_front(Choices& choices, size_t first) {
  auto at = choices.begin() + static_cast<ptrdiff_t>(first);
  std::rotate(choices.begin(), at, at + 1);
}

void keep_order(Choices&, const Options&, Turns&) {}

void by_weight(Choices& choices, const Options&, Turns& turns) {
  std::vector<Candidate> candidates;
  for (const Choice& choice : choices) candidates.push_back(choice.candidate);
  size_t first = turns.next_by_weight(candidates);
  bring_to_front(choices, first);
  std::stable_sort(choices.begin() + 1, choices.end(), [](const Choice& a, const Choice& b) {
    return a.candidate.weight > b.candidate.weight;
  });
}

void by_turn(Choices& choices, const Options&, Turns& turns) {
  auto first = static_cast<ptrdiff_t>(turns.next() % choices.size());
  std::rotate(choices.begin(), choices.begin() + first, choices.end());
}

void by_load(Choices& choices, const Options&, Turns&) {
  sort_by(choices, [](const Choice& c) { return c.state.in_flight; });
}
void by_latency(Choices& choices, const Options&, Turns&) {
  sort_by(choices, [](const Choice& c) { return c.state.latency_p95; });
}
void by_price(Choices& choices, const Options&, Turns&) {
  sort_by(choices, [](const Choice& c) { return c.candidate.price; });
}

uint64_t mixed(uint64_t z) {
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ z >> 27) * 0x94D049BB133111EBull;
  return z ^ z >> 31;
}

// Rendezvous hashing: of the waits that the key draws for each target, exponential with its weight
// as rate, the shortest wins, so each wins in its share whoever else is there.
double drawn_wait(uint64_t key, const Candidate& candidate) {
  if (candidate.weight == 0) return std::numeric_limits<double>::infinity();
  uint64_t bits = mixed(key + 0x9E3779B97F4A7C15ull * mixed(candidate.identity + 1));
  double uniform = (static_cast<double>(bits >> 11) + 0.5) * 0x1p-53;
  return -std::log(uniform) / candidate.weight;
}

void by_key(Choices& choices, const Options& options, Turns&) {
  sort_by(choices, [&](const Choice& c) { return drawn_wait(options.sticky_key, c.candidate); });
}

// By Strategy.
constexpr void (*strategies[])(Choices&, const Options&, Turns&) = {
    keep_order, by_weight, by_turn, by_load, by_latency, by_price, by_key};
static_assert(std::size(strategies) == std::size(strategy_names));

void append(std::vector<uint32_t>& targets, Choices& choices, const Options& options,
            Turns& turns) {
  if (choices.empty()) return;
  strategies[static_cast<size_t>(options.strategy)](choices, options, turns);
  for (const Choice& choice : choices) targets.push_back(choice.candidate.target);
}

// Says who left nobody.
void blame(std::span<const Candidate> candidates, Attempts& attempts) {
  attempts.emptied = Emptied::where;
  uint32_t rank = 0;
  for (const Candidate& candidate : candidates) {
    if (!candidate.wanted || candidate.refusing == no_statement) continue;
    if (attempts.emptied == Emptied::require && candidate.rank >= rank) continue;
    attempts.emptied = Emptied::require;
    attempts.statement = candidate.refusing;
    rank = candidate.rank;
  }
}

void go_round(std::vector<uint32_t>& targets, uint32_t retries) {
  size_t once = targets.size(), wanted = size_t{std::min(retries, most_retries)} + 1;
  while (targets.size() < wanted) targets.push_back(targets[targets.size() - once]);
}

}  // namespace

Attempts plan_attempts(std::span<const Candidate> candidates, const Options& options,
                       std::span<const TargetState> states, int64_t now, Turns& turns) {
  Choices well, others;
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (!candidates[i].wanted || candidates[i].refusing != no_statement) continue;
    bool open = circuit(states[i], options.breaker, now) == Circuit::open;
    (states[i].healthy && !open ? well : others).push_back({candidates[i], states[i]});
  }
  Attempts attempts;
  if (well.empty() && others.empty()) {
    blame(candidates, attempts);
    return attempts;
  }
  append(attempts.targets, well, options, turns);
  append(attempts.targets, others, options, turns);
  go_round(attempts.targets, options.retries);
  if (options.mirror && turns.next_of_sample(options.mirror->sample))
    attempts.mirror = options.mirror->target;
  return attempts;
}

}  // namespace aipol::route
