// States as bytes: what was read counts on as what was written.
#include <doctest/doctest.h>

#include <fmt/format.h>

#include "tests/support/choices.h"
#include "tests/support/metering.h"

namespace aipol::testing {

namespace {

using Kind = plan::Window::Kind;
using plan::Measure;

// Keeps every counter as bytes: each transaction reads them, and writes what it leaves.
class BytesStore final : public meters::Store {
 public:
  uint32_t meter(std::string_view identity) override { return names_.meter(identity); }
  void sweep(int64_t) override {}
  meters::Outcome transact(std::span<const meters::Address> addresses, Missing missing, int64_t,
                           meters::Step& step) override {
    std::vector<meters::State> states(addresses.size());
    std::vector<meters::State*> at;
    for (size_t i = 0; i < addresses.size(); ++i) {
      auto found = kept_.find({addresses[i].meter, std::string(addresses[i].key)});
      at.push_back(found == kept_.end() && missing == Missing::skip ? nullptr : &states[i]);
      if (found == kept_.end()) continue;
      auto read = meters::decode(found->second);
      REQUIRE(read);
      states[i] = std::move(*read);
    }
    step.apply(at);
    for (size_t i = 0; i < addresses.size(); ++i) {
      if (!at[i]) continue;
      std::string& bytes = kept_[{addresses[i].meter, std::string(addresses[i].key)}];
      bytes.clear();
      meters::encode(states[i], bytes);
      longest = std::max(longest, bytes.size());
    }
    return meters::Outcome::done;
  }
  size_t longest = 0;

 private:
  meters::MemoryStore names_;
  std::map<std::pair<uint32_t, std::string>, std::string> kept_;
};

std::string random_bytes(Choices& choices, size_t size) {
  std::string bytes;
  for (size_t i = 0; i < size; ++i) bytes += static_cast<char>(choices.below(256));
  return bytes;
}

}  // namespace

TEST_CASE("counters that are read from bytes do what those in memory do") {
  for (uint64_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    std::vector<plan::Meter> declared = {
        meter_of(Measure::tokens, sliding(minute)), meter_of(Measure::tokens, sliding(7 * second)),
        meter_of(Measure::requests, calendar(Kind::hour)),
        meter_of(Measure::usd, calendar(Kind::day), "Europe/Berlin"),
        meter_of(Measure::concurrent, calendar(Kind::ever))};
    std::vector<meters::Limit> limits = {{0, false, 40}, {0, true, {}},  {1, true, 9},
                                         {2, false, {}}, {3, false, 90}, {4, false, 3}};
    BytesStore bytes;
    Metering memory(declared, limits), kept(declared, limits, {}, &bytes);
    Choices choices(seed);
    std::vector<std::pair<meters::Reservation, meters::Reservation>> open;
    meters::Verdict other;
    for (int i = 0; i < 200; ++i) {
      int64_t step = choices.one_in(9) ? 3 * hour : choices.below(4) * second;
      memory.after(step);
      kept.after(step);
      int64_t amount = choices.below(8);
      meters::Charge charges[] = {
          {0, "k", amount}, {1, "k", amount}, {2, "k", 1}, {3, "k", amount}, {4, "k", 1}};
      meters::Ask asks[] = {{0, 0, 40, 20, 0}, {1, 0, 35, {}, 1}, {2, 1, 9, {}, 2},
                            {3, 2, 50, {}, 3}, {4, 3, 90, {}, 4}, {5, 4, 3, {}, 5}};
      auto& held = open.emplace_back();
      memory.meters->reserve(charges, asks, held.first, memory.verdict);
      kept.meters->reserve(charges, asks, held.second, other);
      REQUIRE(memory.verdict.admitted == other.admitted);
      REQUIRE(memory.verdict.retry_after == other.retry_after);
      REQUIRE(memory.verdict.refused.size() == other.refused.size());
      if (choices.one_in(3) || open.size() > 6) {
        auto& ended = open[choices.below(static_cast<uint32_t>(open.size()))];
        meters::Amount used[] = {amount, 2, 1, 5, 1};
        if (choices.one_in(3)) {
          memory.meters->release(ended.first);
          kept.meters->release(ended.second);
        } else {
          memory.meters->settle(ended.first, used);
          kept.meters->settle(ended.second, used);
        }
      }
      for (uint32_t meter = 0; meter < 5; ++meter) {
        auto a = memory.meters->read(meter, "k"), b = kept.meters->read(meter, "k");
        REQUIRE(a.used == b.used);
        REQUIRE(a.average == b.average);
        REQUIRE(a.zscore == b.zscore);
      }
    }
    CHECK(bytes.longest > 30);
    CHECK(bytes.longest < 2000);
  }
}

TEST_CASE("a counter takes few bytes") {
  BytesStore bytes;
  Metering world({meter_of(Measure::usd, calendar(Kind::month))}, {{0, false, 1'000'000}},
                 {{true, false}}, &bytes);
  CHECK(world.use(1000, 1'000'000));
  CHECK(bytes.longest < 80);
}

TEST_CASE("bytes that are no state are refused") {
  meters::State state;
  std::string bytes;
  meters::encode(state, bytes);
  CHECK(meters::decode(bytes));
  CHECK_FALSE(meters::decode(""));
  CHECK_FALSE(meters::decode(bytes + '\0'));
  for (size_t i = 0; i < bytes.size(); ++i) CHECK_FALSE(meters::decode(bytes.substr(0, i)));
  bytes[0] = 2;  // another version
  CHECK_FALSE(meters::decode(bytes));
  Choices choices(7);
  for (int i = 0; i < 20'000; ++i) {
    std::string any = "\1" + random_bytes(choices, choices.below(60));
    auto read = meters::decode(any);
    if (!read) continue;
    std::string once, twice;
    meters::encode(*read, once);
    auto again = meters::decode(once);
    REQUIRE(again);
    meters::encode(*again, twice);
    REQUIRE(once == twice);
  }
}

TEST_CASE("what nobody can end any more stays counted, and its slot is free") {
  for (bool strict : {false, true}) {
    Metering world({meter_of(Measure::tokens, sliding(minute)),
                    meter_of(Measure::concurrent, calendar(Kind::ever))},
                   {{0, strict, 100}, {1, false, 1}}, {{true, false}, {true, false}});
    meters::Charge charges[] = {{0, "k", 100}, {1, "k", 1}};
    meters::Ask asks[] = {{0, 0, 100, {}, 0}, {1, 1, 1, {}, 1}};
    meters::Reservation held, next;
    world.meters->reserve(charges, asks, held, world.verdict);
    REQUIRE(world.verdict.admitted);
    std::vector<meters::MemoryStore::Change> kept;
    for (uint32_t meter : {0u, 1u}) {
      // As a process that dies leaves it.
      struct Take final : meters::Step {
        std::string bytes;
        void apply(std::span<meters::State* const> states) override {
          meters::encode(*states[0], bytes);
          meters::abandon(*states[0]);
        }
      } take;
      meters::Address address{meter, "k"};
      world.store.transact({&address, 1}, meters::Store::Missing::skip, world.clock.now(), take);
      CHECK(meters::decode(take.bytes)->open == 1);
    }
    CHECK(world.meters->read(1, "k").used == 0);
    world.meters->reserve(charges, asks, next, world.verdict);
    CHECK_FALSE(world.verdict.admitted);
    CHECK(world.verdict.refused.size() == 1);
    world.after(minute);
    world.meters->reserve(charges, asks, next, world.verdict);
    CHECK(world.verdict.admitted);
    world.meters->release(next);
    world.after(minute);
    world.meters->sweep();
    CHECK(world.store.size() == 0);
    held = {};
  }
}

}  // namespace aipol::testing
