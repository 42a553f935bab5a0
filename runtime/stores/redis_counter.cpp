#include "runtime/stores/redis_counter.h"

#include <algorithm>

namespace aipol::stores {

namespace {

void append_big_endian(std::string& to, uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) to += static_cast<char>(value >> shift);
}

uint64_t big_endian(std::string_view bytes) {
  uint64_t value = 0;
  for (char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

uint32_t total(const std::vector<Owner>& owners) {
  uint64_t open = 0;
  for (const Owner& owner : owners) open += owner.open;
  return static_cast<uint32_t>(std::min<uint64_t>(open, UINT32_MAX));
}

}  // namespace

std::string Version::bytes() const {
  std::string bytes;
  append_big_endian(bytes, gateway);
  append_big_endian(bytes, number);
  return bytes;
}

// One whose reservations were taken for lost may end some all the same: that frees no other's.
void RedisCounter::note_open(GatewayId gateway, uint32_t before) {
  if (state.open == before) return;
  auto mine = std::ranges::find(owners, gateway, &Owner::gateway);
  if (mine == owners.end()) mine = owners.insert(owners.end(), {gateway, 0});
  int64_t open = int64_t{mine->open} + state.open - before;
  mine->open = static_cast<uint32_t>(std::clamp<int64_t>(open, 0, UINT32_MAX));
  if (mine->open == 0) owners.erase(mine);
  state.open = total(owners);
  if (state.open > 0) state.idle_from = meters::never;
}

void RedisCounter::drop_owners_except(std::span<const GatewayId> alive) {
  auto dead = std::erase_if(owners, [&](const Owner& owner) {
    return !std::ranges::binary_search(alive, owner.gateway);
  });
  if (dead == 0) return;
  if (owners.empty())
    meters::abandon(state);
  else
    state.open = total(owners);
}

std::string value_of(const RedisCounter& counter) {
  std::string value = counter.version.bytes();
  meters::ByteWriter to(value);
  to.word(counter.owners.size());
  for (const Owner& owner : counter.owners) {
    append_big_endian(value, owner.gateway);
    to.word(owner.open);
  }
  meters::encode(counter.state, value);
  return value;
}

std::optional<RedisCounter> counter_of(std::string_view value) {
  if (value.size() < Version::size || value.size() > RedisCounter::most_bytes) return std::nullopt;
  RedisCounter counter;
  meters::ByteReader from(value);
  counter.version.gateway = big_endian(from.take(8));
  counter.version.number = big_endian(from.take(8));
  for (size_t left = from.count(RedisCounter::most_owners); left > 0; --left) {
    GatewayId gateway = big_endian(from.take(8));
    counter.owners.push_back({gateway, static_cast<uint32_t>(from.count(UINT32_MAX))});
  }
  if (from.bad()) return std::nullopt;
  auto state = meters::decode(from.rest());
  if (!state || state->open != total(counter.owners)) return std::nullopt;
  counter.state = std::move(*state);
  return counter;
}

}  // namespace aipol::stores
