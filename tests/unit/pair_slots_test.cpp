#include "runtime/decision/pair_slots.h"

#include <doctest/doctest.h>

#include <set>

#include "tests/support/choices.h"

namespace aipol::decision {

namespace {

void check_apart(const std::vector<PairSlots::Pair>& pairs) {
  PairSlots slots(pairs);
  CHECK((slots.mask() & (slots.mask() + 1)) == 0);
  CHECK(slots.mask() < 4 * pairs.size() + 4);
  std::set<uint64_t> taken;
  for (auto [first, second] : pairs) {
    uint64_t slot = slots.slot(first, second);
    REQUIRE(slot <= slots.mask());
    taken.insert(slot);
  }
  CHECK(taken.size() == pairs.size());
  auto displacements = slots.take_displacements();
  CHECK((displacements.size() & (displacements.size() - 1)) == 0);
  CHECK_FALSE(displacements.empty());
}

}  // namespace

TEST_CASE("every pair has a slot of its own") {
  check_apart({});
  check_apart({{1, 1}});
  check_apart({{1, 2}, {2, 1}});
  std::vector<PairSlots::Pair> row, column, square, steps;
  for (uint32_t i = 1; i <= 5000; ++i) {
    row.emplace_back(7, i);
    column.emplace_back(i, 7);
    square.emplace_back(1 + i % 70, 1 + i / 70);
    steps.emplace_back(i << 16, i << 8);
  }
  for (const auto& pairs : {row, column, square, steps}) check_apart(pairs);
}

TEST_CASE("every pair of a random set has a slot of its own") {
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    testing::Choices choices(seed);
    std::set<PairSlots::Pair> pairs;
    uint32_t count = 1 + choices.below(3000), range = 60 + choices.below(100'000);
    for (uint32_t i = 0; i < count; ++i) pairs.emplace(1 + choices.below(range), 1 + choices.below(range));
    check_apart({pairs.begin(), pairs.end()});
  }
}

}  // namespace aipol::decision
