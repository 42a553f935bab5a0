// A counter as it lies on a Redis server: a version, who has how many reservations open, the state.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/meters/state.h"

namespace aipol::stores {

// A gateway process: random, so that none is there twice.
using GatewayId = uint64_t;

// Each write makes a new one: no two writes of any gateway have the same.
struct Version {
  static constexpr size_t size = 16;
  GatewayId gateway = 0;
  uint64_t number = 0;
  bool operator==(const Version&) const = default;
  std::string bytes() const;  // `size` of them, with which a value begins
};

struct Owner {
  GatewayId gateway = 0;
  uint32_t open = 0;  // its part of State::open
  bool operator==(const Owner&) const = default;
};

struct RedisCounter {
  static constexpr size_t most_owners = 4096;
  static constexpr size_t most_bytes = size_t{4} << 20;
  // Of logs: more instants are joined, so that no value is larger than some 30 KB. What was counted
  // leaves a strict window late by at most a 1,024th of it.
  static constexpr size_t most_instants = 4096;

  Version version;
  std::vector<Owner> owners;
  meters::State state;

  // Notes what a step did to `state.open`, which was `before`: it was done by `gateway`.
  void note_open(GatewayId gateway, uint32_t before);
  // What gateways that are not among these (ascending) have open nobody ends any more.
  void drop_owners_except(std::span<const GatewayId> alive);
};

std::string value_of(const RedisCounter& counter);
// Any bytes: nothing where they are no counter.
std::optional<RedisCounter> counter_of(std::string_view value);

}  // namespace aipol::stores
