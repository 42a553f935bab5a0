// Transactions that go to the server as one: they are done one after the other on copies of what
// this process knows of the counters, and are committed if that is what the server has.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/keyed_hash.h"
#include "runtime/meters/store.h"
#include "runtime/stores/redis_counter.h"
#include "runtime/stores/redis_link.h"

namespace aipol::stores {

// Counters as they were last seen, by the server's key. Only a memory: what is wrong or missing
// costs a round trip.
class SeenCounters {
 public:
  SeenCounters(size_t most_bytes, std::array<uint64_t, 2> secret)
      : most_bytes_(most_bytes), all_(16, Hash{secret}) {}

  struct Seen {
    RedisCounter counter;
    uint32_t meter = 0;
    std::string key;
    size_t bytes = 0;
  };

  const RedisCounter* find(const std::string& name) const;
  void put(const std::string& name, uint32_t meter, std::string_view key, RedisCounter counter);
  void erase(const std::string& name);
  // Of other gateways than these nothing is open any more.
  void keep_owners(std::span<const GatewayId> alive);
  template <class Do>
  void each(Do act) {
    for (auto& [name, seen] : all_) act(seen);
  }
  void clear() {
    all_.clear();
    bytes_ = 0;
  }

 private:
  struct Hash {
    std::array<uint64_t, 2> secret;  // clients choose keys
    size_t operator()(const std::string& name) const { return KeyedHash(secret)(name); }
  };

  const size_t most_bytes_;
  size_t bytes_ = 0;
  std::unordered_map<std::string, Seen, Hash> all_;
};

// One transaction of a batch.
struct Transaction {
  std::span<const meters::Address> counters;
  meters::Store::Missing missing = meters::Store::Missing::skip;
  int64_t now = 0;
  meters::Step* step = nullptr;
  bool unreadable =
      false;  // set by the batch: a counter of it is none of ours, and it was not done
};

class RedisBatch {
 public:
  // `name` gives the server's key of a counter.
  template <class Name>
  RedisBatch(std::span<Transaction* const> transactions, GatewayId gateway, Name name)
      : transactions_(transactions), gateway_(gateway) {
    for (Transaction* transaction : transactions)
      for (const meters::Address& address : transaction->counters)
        slots_.try_emplace(name(address), Slot{address.meter, address.key, {}});
    for (Transaction* transaction : transactions) {
      auto& slots = at_.emplace_back();
      for (const meters::Address& address : transaction->counters)
        slots.push_back(&slots_.at(name(address)));
    }
  }

  // Does the steps, beginning with what was seen. Versions that are written count from `number` on.
  void apply(const SeenCounters& seen, uint64_t& number);
  // The commit, without the name of the script: the number of keys, the keys, the arguments.
  Command command(const std::string& gateways, const std::string& turn,
                  std::span<const std::string> head);
  // After "done": what is seen now.
  void keep(SeenCounters& seen);
  // After "changed": what the server has instead, as its reply says; of owners those that are
  // alive.
  void learn(const Reply& reply, std::span<const GatewayId> alive, SeenCounters& seen);
  bool empty() const { return slots_.empty(); }

 private:
  struct Slot {
    uint32_t meter = 0;
    std::string_view key;
    RedisCounter counter;
    bool present = false;  // on the server, as was seen
    Version version = {};  // it has there
    bool made = false;     // here
    bool changed = false;
    bool unreadable = false;
    int64_t now = 0;
    bool gone() const { return counter.state.idle_from <= now; }
  };
  void begin(const std::string& name, Slot& slot, const SeenCounters& seen);
  void apply(Transaction& transaction, std::span<Slot* const> slots);
  static std::string lasts(const Slot& slot);

  std::span<Transaction* const> transactions_;
  const GatewayId gateway_;
  std::map<std::string, Slot> slots_;
  std::vector<std::pair<const std::string, Slot>*> sent_;  // all but what is unreadable
  std::vector<std::vector<Slot*>> at_;                     // by transaction
};

}  // namespace aipol::stores
