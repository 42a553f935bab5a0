#include <doctest/doctest.h>

#include <map>
#include <set>
#include <thread>

#include "base/text_hash.h"
#include "runtime/route/route.h"
#include "tests/support/choices.h"

namespace aipol::route {

namespace {

constexpr int64_t second = 1'000'000'000;
using Targets = std::vector<uint32_t>;

struct World {
  explicit World(std::initializer_list<uint32_t> weights) {
    for (uint32_t weight : weights) {
      Candidate candidate;
      candidate.target = static_cast<uint32_t>(candidates.size());
      candidate.identity = text_hash("model " + std::to_string(candidate.target));
      candidate.weight = weight;
      candidates.push_back(candidate);
    }
    states = std::make_unique<TargetStates>(static_cast<uint32_t>(candidates.size()), clock);
  }

  Attempts plan() {
    std::vector<TargetState> now;
    for (const Candidate& candidate : candidates) now.push_back(states->state(candidate.target));
    return plan_attempts(candidates, options, now, clock.now(), turns);
  }
  Targets targets() { return plan().targets; }
  void after(int64_t nanoseconds) { clock.set(clock.now() + nanoseconds); }
  void end(uint32_t target, Outcome outcome, int64_t latency = second) {
    states->finish(states->begin(target), outcome, latency);
  }

  VirtualClock clock{1'772'366'400 * second};
  std::vector<Candidate> candidates;
  Options options;
  std::unique_ptr<TargetStates> states;
  Turns turns;
};

}  // namespace

TEST_CASE("targets are tried in order, each once") {
  World world({1, 1, 1});
  CHECK(world.targets() == Targets{0, 1, 2});
}

TEST_CASE("retries go round, and take no fallback away") {
  World world({1, 1, 1});
  world.options.retries = 1;
  CHECK(world.targets() == Targets{0, 1, 2});
  world.options.retries = 4;
  CHECK(world.targets() == Targets{0, 1, 2, 0, 1});
  World single({1});
  single.options.retries = 2;
  CHECK(single.targets() == Targets{0, 0, 0});
  single.options.retries = ~0u;
  CHECK(single.targets().size() == most_retries + 1);
}

TEST_CASE("what is retried") {
  Retried retried{{{429, 429}, {500, 599}}, false};
  CHECK(retried.holds(429));
  CHECK(retried.holds(503));
  CHECK_FALSE(retried.holds(400));
  CHECK_FALSE(retried.holds(std::nullopt));
  CHECK(retried_by_default().holds(std::nullopt));
  CHECK_FALSE(retried_by_default().holds(200));
}

TEST_CASE("weights are shares, evenly spread") {
  World world({5, 1, 1});
  world.options.strategy = Strategy::weight;
  Targets first;
  for (int i = 0; i < 7; ++i) first.push_back(world.targets()[0]);
  CHECK(first == Targets{0, 0, 1, 0, 2, 0, 0});
  World unequal({90, 10, 0});
  unequal.options.strategy = Strategy::weight;
  for (int round = 0; round < 5; ++round) {
    std::map<uint32_t, int> count;
    for (int i = 0; i < 10; ++i) ++count[unequal.targets()[0]];
    CHECK(count == std::map<uint32_t, int>{{0, 9}, {1, 1}});
  }
  CHECK(unequal.targets().back() == 2);
}

TEST_CASE("turns go round") {
  World world({1, 1, 1});
  world.options.strategy = Strategy::round_robin;
  CHECK(world.targets() == Targets{0, 1, 2});
  CHECK(world.targets() == Targets{1, 2, 0});
  CHECK(world.targets() == Targets{2, 0, 1});
  CHECK(world.targets() == Targets{0, 1, 2});
}

TEST_CASE("the least busy, the fastest, the cheapest") {
  World world({1, 1, 1});
  world.states->begin(0);
  world.states->begin(0);
  world.states->begin(1);
  world.options.strategy = Strategy::least_busy;
  CHECK(world.targets() == Targets{2, 1, 0});
  world.options.strategy = Strategy::fastest;
  world.end(0, Outcome::answered, 3 * second);
  world.end(1, Outcome::answered, 1 * second);
  CHECK(world.targets() == Targets{2, 1, 0});  // nothing is known of 2
  world.end(2, Outcome::answered, 2 * second);
  CHECK(world.targets() == Targets{1, 2, 0});
  world.options.strategy = Strategy::cheapest;
  world.candidates[0].price = 3;
  world.candidates[1].price = 5;
  world.candidates[2].price = 3;
  CHECK(world.targets() == Targets{0, 2, 1});
}

TEST_CASE("sticky keys stay, in shares by weight") {
  World world({3, 1, 1});
  world.options.strategy = Strategy::sticky;
  std::map<uint64_t, uint32_t> first;
  std::map<uint32_t, int> count;
  for (uint64_t key = 0; key < 5000; ++key) {
    world.options.sticky_key = text_hash("user " + std::to_string(key));
    first[key] = world.targets()[0];
    ++count[first[key]];
    CHECK(world.targets()[0] == first[key]);
  }
  CHECK(count[0] > 2850);
  CHECK(count[0] < 3150);
  CHECK(count[1] > 850);
  // Without 1, only its keys move.
  world.candidates.erase(world.candidates.begin() + 1);
  for (uint64_t key = 0; key < 5000; ++key) {
    world.options.sticky_key = text_hash("user " + std::to_string(key));
    if (first[key] != 1) CHECK(world.targets()[0] == first[key]);
  }
}

TEST_CASE("unhealthy and broken targets come last") {
  World world({1, 1, 1});
  world.states->give(0, {.healthy = false, .latency_p95 = {}, .error_rate = {}, .in_flight = {}});
  CHECK(world.targets() == Targets{1, 2, 0});
  world.options.breaker = {2, 30 * second};
  world.end(1, Outcome::failed);
  CHECK(world.targets() == Targets{1, 2, 0});
  world.end(1, Outcome::failed);
  CHECK(world.targets() == Targets{2, 0, 1});
  world.options.breaker = {};  // another route has no breaker
  CHECK(world.targets() == Targets{1, 2, 0});
}

TEST_CASE("a breaker opens, lets one through, and closes or opens again") {
  World world({1});
  Breaker breaker{3, 30 * second};
  auto state = [&] { return circuit(world.states->state(0), breaker, world.clock.now()); };
  Attempt old = world.states->begin(0);
  world.end(0, Outcome::failed);
  world.end(0, Outcome::failed);
  world.end(0, Outcome::answered);
  world.end(0, Outcome::failed);
  world.end(0, Outcome::failed);
  CHECK(state() == Circuit::closed);
  world.end(0, Outcome::canceled);
  CHECK(state() == Circuit::closed);
  world.end(0, Outcome::failed);
  CHECK(state() == Circuit::open);
  world.after(30 * second - 1);
  CHECK(state() == Circuit::open);
  world.after(1);
  CHECK(state() == Circuit::half_open);  // what began before it broke is no probe
  Attempt probe = world.states->begin(0);
  CHECK(state() == Circuit::open);
  world.states->finish(probe, Outcome::failed, 0);
  CHECK(state() == Circuit::open);
  world.after(30 * second);
  CHECK(state() == Circuit::half_open);
  probe = world.states->begin(0);
  world.states->finish(probe, Outcome::canceled, 0);
  CHECK(state() == Circuit::half_open);
  probe = world.states->begin(0);
  world.states->finish(probe, Outcome::answered, second);
  CHECK(state() == Circuit::closed);
  world.states->finish(old, Outcome::answered, second);
  CHECK(world.states->state(0).in_flight == 0);
}

TEST_CASE("what is known of a target") {
  World world({1});
  CHECK(world.states->state(0).healthy);
  CHECK(world.states->state(0).latency_p95 == 0);
  for (int i = 1; i <= 95; ++i) world.end(0, Outcome::answered, i * second);
  for (int i = 0; i < 5; ++i) world.end(0, Outcome::failed);
  TargetState state = world.states->state(0);
  CHECK(state.latency_p95 == 91 * second);
  CHECK(state.error_rate == doctest::Approx(0.05));
  CHECK_FALSE(state.healthy);  // five failures in a row
  world.after(30 * second);
  CHECK(world.states->state(0).healthy);
  world.after(300 * second);
  CHECK(world.states->state(0).error_rate == 0);
  CHECK(world.states->state(0).latency_p95 == 0);
  world.states->give(0, {.healthy = {}, .latency_p95 = 7, .error_rate = 0.5, .in_flight = 9});
  state = world.states->state(0);
  CHECK(state.latency_p95 == 7);
  CHECK(state.error_rate == 0.5);
  CHECK(state.in_flight == 9);
}

TEST_CASE("who left nobody") {
  World world({1, 1, 1});
  world.candidates[0].wanted = false;
  world.candidates[1].refusing = 8;
  world.candidates[1].rank = 5;
  world.candidates[2].refusing = 9;
  world.candidates[2].rank = 4;
  Attempts attempts = world.plan();
  CHECK(attempts.targets.empty());
  CHECK(attempts.emptied == Emptied::require);
  CHECK(attempts.statement == 9);
  for (Candidate& candidate : world.candidates) candidate.wanted = false;
  attempts = world.plan();
  CHECK(attempts.emptied == Emptied::where);
  CHECK(attempts.statement == no_statement);
  world.candidates.clear();
  CHECK(world.plan().emptied == Emptied::where);
}

TEST_CASE("mirrors get their sample") {
  World world({1});
  world.options.mirror = Mirror{4, 0.05};
  int copies = 0;
  for (int i = 0; i < 1000; ++i) copies += world.plan().mirror == 4;
  CHECK(copies == 50);
}

TEST_CASE("attempts are those left, well ones first, whatever the strategy") {
  testing::Choices choices(5);
  for (int round = 0; round < 3000; ++round) {
    World world({});
    uint32_t count = choices.below(6);
    std::vector<TargetState> states(count);
    std::set<uint32_t> well, others, seen;
    Turns turns;
    Options options;
    options.strategy = static_cast<Strategy>(choices.below(7));
    options.breaker = {choices.below(3), second};
    options.sticky_key = choices.bits();
    for (uint32_t i = 0; i < count; ++i) {
      Candidate candidate{i, choices.bits(), choices.below(4), choices.below(5)};
      candidate.wanted = !choices.one_in(4);
      if (choices.one_in(5)) candidate.refusing = i;
      states[i] = {!choices.one_in(3),
                   choices.below(9),
                   0,
                   choices.below(9),
                   choices.below(4),
                   world.clock.now() - (choices.one_in(2) ? 0 : 2 * second),
                   choices.one_in(2)};
      world.candidates.push_back(candidate);
      if (!candidate.wanted || candidate.refusing != no_statement) continue;
      bool open = circuit(states[i], options.breaker, world.clock.now()) == Circuit::open;
      (states[i].healthy && !open ? well : others).insert(i);
    }
    Attempts attempts = plan_attempts(world.candidates, options, states, world.clock.now(), turns);
    REQUIRE(attempts.targets.size() == well.size() + others.size());
    for (size_t i = 0; i < attempts.targets.size(); ++i) {
      CHECK((i < well.size() ? well : others).contains(attempts.targets[i]));
      CHECK(seen.insert(attempts.targets[i]).second);
    }
    CHECK((attempts.emptied == Emptied::no) == !attempts.targets.empty());
  }
}

TEST_CASE("each thread's attempts are counted") {
  World world({1, 1});
  world.options.strategy = Strategy::round_robin;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&world] {
      for (int n = 0; n < 2000; ++n) world.end(world.targets()[0], Outcome::answered);
    });
  for (auto& thread : threads) thread.join();
  CHECK(world.states->state(0).in_flight == 0);
  CHECK(world.states->state(1).in_flight == 0);
  CHECK(world.targets()[0] == 0);  // 8000 turns were taken
}

}  // namespace aipol::route
