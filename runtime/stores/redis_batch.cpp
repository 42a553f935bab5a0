#include "runtime/stores/redis_batch.h"

#include <algorithm>
#include <charconv>

namespace aipol::stores {

namespace {

constexpr int64_t second = 1'000'000'000;
// The server keeps a counter for longer than it matters: clocks of gateways differ.
constexpr int64_t kept_idle = 60 * second;
// What is open may be of a gateway that died, when nobody asks for the counter again.
constexpr int64_t kept_open = 24 * 3600 * second;

}  // namespace

const RedisCounter* SeenCounters::find(const std::string& name) const {
  auto found = all_.find(name);
  return found == all_.end() ? nullptr : &found->second.counter;
}

void SeenCounters::put(const std::string& name, uint32_t meter, std::string_view key,
                       RedisCounter counter) {
  if (bytes_ > most_bytes_) clear();
  Seen& seen = all_[name];
  bytes_ -= seen.bytes;
  seen = {std::move(counter), meter, std::string(key), 0};
  seen.bytes = sizeof(Seen) + 2 * name.size() + seen.counter.state.bytes();
  bytes_ += seen.bytes;
}

void SeenCounters::erase(const std::string& name) {
  auto found = all_.find(name);
  if (found == all_.end()) return;
  bytes_ -= found->second.bytes;
  all_.erase(found);
}

void SeenCounters::keep_owners(std::span<const GatewayId> alive) {
  for (auto& [name, seen] : all_) seen.counter.drop_owners_except(alive);
}

void RedisBatch::begin(const std::string& name, Slot& slot, const SeenCounters& seen) {
  bool unreadable = slot.unreadable;
  slot = {slot.meter, slot.key, {}};
  slot.unreadable = unreadable;
  const RedisCounter* known = seen.find(name);
  if (known == nullptr) return;
  slot.counter = *known;
  slot.version = known->version;
  slot.present = true;
}

void RedisBatch::apply(const SeenCounters& seen, uint64_t& number) {
  for (auto& [name, slot] : slots_) begin(name, slot, seen);
  for (size_t i = 0; i < transactions_.size(); ++i) apply(*transactions_[i], at_[i]);
  for (auto& [name, slot] : slots_) {
    if (!slot.changed) continue;
    slot.counter.state.log.shorten(RedisCounter::most_instants);
    slot.counter.version = {gateway_, ++number};
  }
}

void RedisBatch::apply(Transaction& transaction, std::span<Slot* const> slots) {
  std::vector<meters::State*> states;
  std::vector<uint32_t> open;
  transaction.unreadable = std::ranges::any_of(slots, &Slot::unreadable);
  if (transaction.unreadable) return;
  for (Slot* slot : slots) {
    slot->made = slot->made || transaction.missing == meters::Store::Missing::make;
    slot->now = std::max(slot->now, transaction.now);
    states.push_back(slot->present || slot->made ? &slot->counter.state : nullptr);
    open.push_back(slot->counter.state.open);
  }
  transaction.step->apply(states);
  if (!transaction.step->changed()) return;
  for (size_t i = 0; i < slots.size(); ++i) {
    if (states[i] == nullptr) continue;
    slots[i]->changed = true;
    slots[i]->counter.note_open(gateway_, open[i]);
  }
}

std::string RedisBatch::lasts(const Slot& slot) {
  int64_t until = slot.counter.state.idle_from;
  if (until == meters::never && slot.counter.state.open > 0) {
    meters::State ended = slot.counter.state;
    meters::abandon(ended);
    until = std::max(ended.idle_from, saturating_add(slot.now, kept_open));
  }
  if (until == meters::never) return "for ever";
  until = saturating_add(until, kept_idle);
  return std::to_string(std::max<int64_t>(1, saturating_subtract(until, slot.now) / 1'000'000));
}

Command RedisBatch::command(const std::string& gateways, const std::string& turn,
                            std::span<const std::string> head) {
  sent_.clear();
  for (auto& at : slots_)
    if (!at.second.unreadable) sent_.push_back(&at);
  Command command = {std::to_string(sent_.size() + 2), gateways, turn};
  for (const auto* at : sent_) command.push_back(at->first);
  command.insert(command.end(), head.begin(), head.end());
  for (const auto* at : sent_) {
    const Slot& slot = at->second;
    command.push_back(slot.present ? slot.version.bytes() : std::string());
    bool dropped = slot.changed && slot.gone();
    if (!slot.changed || (dropped && !slot.present)) {
      command.insert(command.end(), {"is", ""});
    } else if (dropped) {
      command.insert(command.end(), {"gone", ""});
    } else {
      command.insert(command.end(), {lasts(slot), value_of(slot.counter)});
    }
  }
  return command;
}

void RedisBatch::keep(SeenCounters& seen) {
  for (auto& [name, slot] : slots_) {
    if (!slot.changed) continue;
    if (slot.gone())
      seen.erase(name);
    else
      seen.put(name, slot.meter, slot.key, std::move(slot.counter));
  }
}

void RedisBatch::learn(const Reply& reply, std::span<const GatewayId> alive, SeenCounters& seen) {
  for (size_t i = 2; i + 1 < reply.items.size(); i += 2) {
    auto number = static_cast<size_t>(reply.items[i].number);
    if (number >= sent_.size()) continue;
    auto& [name, slot] = *sent_[number];
    const std::string& value = reply.items[i + 1].text;
    seen.erase(name);
    if (value.empty()) continue;
    auto counter = counter_of(value);
    slot.unreadable = !counter;
    if (!counter) continue;
    counter->drop_owners_except(alive);
    seen.put(name, slot.meter, slot.key, std::move(*counter));
  }
}

}  // namespace aipol::stores
