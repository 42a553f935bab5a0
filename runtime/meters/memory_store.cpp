#include "runtime/meters/memory_store.h"

#include <algorithm>
#include <bit>
#include <random>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/keyed_hash.h"

namespace aipol::meters {

namespace {

struct Counter {
  State state;
  size_t bytes = 0;      // of the state's own memory, as the shard counts it
  uint32_t take = 0;     // the last that gave it; 0: it is kept nowhere else
  bool changed = false;  // since then
};

struct HashedKey {
  uint64_t hash = 0;
  uint32_t meter = 0;
  std::string key;
};
struct HashedAddress {
  uint64_t hash = 0;
  Address address;
};

struct HashOf {
  using is_transparent = void;
  size_t operator()(const HashedKey& key) const { return key.hash; }
  size_t operator()(const HashedAddress& key) const { return key.hash; }
};
struct SameKey {
  using is_transparent = void;
  bool operator()(const HashedKey& a, const HashedKey& b) const {
    return a.meter == b.meter && a.key == b.key;
  }
  bool operator()(const HashedAddress& a, const HashedKey& b) const {
    return a.address.meter == b.meter && a.address.key == b.key;
  }
  bool operator()(const HashedKey& a, const HashedAddress& b) const { return (*this)(b, a); }
};

using Counters = std::unordered_map<HashedKey, Counter, HashOf, SameKey>;

constexpr size_t looked_at_for_each_new = 4;  // buckets of the table
constexpr size_t looked_at_when_full = 64;
constexpr size_t node_bytes = sizeof(Counters::value_type) + 4 * sizeof(void*);

size_t key_bytes(const std::string& key) { return key.size() < 16 ? 0 : key.size() + 1; }

std::array<uint64_t, 2> random_secret() {
  std::random_device device;
  auto word = [&] { return uint64_t{device()} << 32 | device(); };
  return {word(), word()};
}

}  // namespace

struct alignas(64) MemoryStore::Shard {
  std::mutex mutex;
  Counters counters;
  size_t bytes = 0;
  size_t hand = 0;  // the bucket that is looked at next for what is idle
  std::vector<Counters::value_type*> changed;
  std::unordered_set<HashedKey, HashOf, SameKey> gone;  // that are kept elsewhere

  void erase(Counters::iterator at) {
    bytes -= node_bytes + key_bytes(at->first.key) + at->second.bytes;
    if (at->second.changed) std::erase(changed, &*at);
    if (at->second.take != 0) gone.insert(at->first);
    counters.erase(at);
  }

  void note_change(Counters::value_type& at) {
    if (!at.second.changed) changed.push_back(&at);
    at.second.changed = true;
  }

  void take(Counters::value_type& at, uint32_t take, std::vector<Change>& onto) {
    onto.push_back({at.first.meter, at.first.key, {}});
    encode(at.second.state, onto.back().state);
    at.second.changed = false;
    at.second.take = take;
  }

  void look_for_idle(size_t buckets, int64_t now) {
    for (size_t i = 0; i < std::min(buckets, counters.bucket_count()); ++i) {
      hand = (hand + 1) % counters.bucket_count();
      drop_idle_in(hand, now);
    }
  }

  void drop_idle_in(size_t bucket, int64_t now) {
    for (bool dropped = true; dropped;) {
      dropped = false;
      for (auto at = counters.begin(bucket); at != counters.end(bucket); ++at) {
        if (at->second.state.idle_from > now) continue;
        erase(counters.find(at->first));
        dropped = true;
        break;
      }
    }
  }

  Counters::value_type& make(const HashedAddress& at) {
    HashedKey key{at.hash, at.address.meter, std::string(at.address.key)};
    bytes += node_bytes + key_bytes(key.key);
    auto& made = *counters.try_emplace(std::move(key)).first;
    if (!gone.empty() && gone.erase(made.first) != 0) made.second.take = 1;
    return made;
  }
};

// The shards of its addresses, locked in ascending order, and the counters there.
class MemoryStore::Transaction {
 public:
  Transaction(MemoryStore& store, std::span<const Address> addresses)
      : store_(store), found_(addresses.size()) {
    for (size_t i = 0; i < addresses.size(); ++i) {
      KeyedHash hash({store.secret_[0], store.secret_[1] ^ addresses[i].meter});
      found_[i].at = {hash(addresses[i].key), addresses[i]};
      locked_ |= uint64_t{1} << number(found_[i].at.hash);
    }
    each_shard([](Shard& shard) { shard.mutex.lock(); });
  }
  ~Transaction() {
    each_shard([](Shard& shard) { shard.mutex.unlock(); });
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void find() {
    for (Found& found : found_) {
      auto& counters = shard(found).counters;
      auto at = counters.find(found.at);
      found.counter = at == counters.end() ? nullptr : &*at;
    }
  }

  // Makes what is missing; false, and makes nothing, where there is no room.
  bool make(int64_t now) {
    const size_t most = store_.most_bytes_ / shard_count;
    for (Found& found : found_) {
      if (found.counter) continue;
      if (found.at.address.key.size() > longest_key) return false;
      if (shard(found).bytes < most) continue;
      shard(found).look_for_idle(looked_at_when_full, now);
      find();
      if (shard(found).bytes >= most) return false;
    }
    for (Found& found : found_) {
      if (found.counter) continue;
      found.counter = &shard(found).make(found.at);
      found.made = true;
    }
    return true;
  }

  void apply(Step& step, int64_t now) {
    std::vector<State*> states(found_.size());
    for (size_t i = 0; i < found_.size(); ++i)
      states[i] = found_[i].counter ? &found_[i].counter->second.state : nullptr;
    step.apply(states);
    bool noted = store_.notes_ && step.changed();
    for (Found& found : found_) {
      if (!found.counter) continue;
      account(found);
      if (noted) shard(found).note_change(*found.counter);
    }
    // After this no counter of the transaction may be touched: one may have become idle.
    for (Found& found : found_)
      if (found.made) shard(found).look_for_idle(looked_at_for_each_new, now);
  }

  // Only of those that are there.
  void take(uint32_t number, std::vector<Change>& onto) {
    for (Found& found : found_) {
      if (!found.counter || !found.counter->second.changed) continue;
      std::erase(shard(found).changed, found.counter);
      shard(found).take(*found.counter, number, onto);
    }
  }

  bool unwritten() const {
    uint32_t written = store_.written_.load(std::memory_order_acquire);
    return std::ranges::any_of(found_, [&](const Found& found) {
      return found.counter &&
             (found.counter->second.changed || found.counter->second.take > written);
    });
  }

  bool put(State&& state) {
    Found& found = found_.front();
    if (found.counter) return true;
    if (shard(found).bytes >= store_.most_bytes_ / shard_count) return false;
    found.counter = &shard(found).make(found.at);
    found.counter->second.state = std::move(state);
    found.counter->second.take = 1;
    account(found);
    return true;
  }

 private:
  struct Found {
    HashedAddress at;
    Counters::value_type* counter = nullptr;
    bool made = false;
  };

  static size_t number(uint64_t hash) { return hash >> 58; }
  Shard& shard(const Found& found) { return store_.shards_[number(found.at.hash)]; }
  void account(Found& found) {
    Counter& counter = found.counter->second;
    size_t bytes = counter.state.bytes();
    shard(found).bytes += bytes - counter.bytes;
    counter.bytes = bytes;
  }
  template <class Do>
  void each_shard(Do act) {
    for (uint64_t left = locked_; left != 0; left &= left - 1)
      act(store_.shards_[static_cast<size_t>(std::countr_zero(left))]);
  }

  MemoryStore& store_;
  std::vector<Found> found_;
  uint64_t locked_ = 0;
};

MemoryStore::MemoryStore(size_t most_bytes)
    : most_bytes_(most_bytes), secret_(random_secret()), shards_(new Shard[shard_count]) {}
MemoryStore::~MemoryStore() = default;

uint32_t MemoryStore::meter(std::string_view identity) {
  std::lock_guard lock(names_mutex_);
  auto found = names_.find(identity);
  if (found == names_.end())
    found = names_.emplace(identity, static_cast<uint32_t>(names_.size())).first;
  return found->second;
}

Outcome MemoryStore::transact(std::span<const Address> addresses, Missing missing, int64_t now,
                              Step& step) {
  Transaction transaction(*this, addresses);
  transaction.find();
  if (missing == Missing::make && !transaction.make(now)) return Outcome::full;
  transaction.apply(step, now);
  return Outcome::done;
}

std::string MemoryStore::name(uint32_t meter) {
  std::lock_guard lock(names_mutex_);
  auto found = std::ranges::find(names_, meter, [](const auto& name) { return name.second; });
  return found == names_.end() ? std::string() : found->first;
}

void MemoryStore::take_changes(uint32_t take, std::vector<Change>& onto) {
  for (size_t i = 0; i < shard_count; ++i) {
    Shard& shard = shards_[i];
    std::lock_guard lock(shard.mutex);
    for (const HashedKey& gone : shard.gone) onto.push_back({gone.meter, gone.key, {}});
    for (Counters::value_type* changed : shard.changed) shard.take(*changed, take, onto);
    shard.gone.clear();
    shard.changed.clear();
  }
}

void MemoryStore::take_changes(uint32_t take, std::span<const Address> of,
                               std::vector<Change>& onto) {
  Transaction transaction(*this, of);
  transaction.find();
  transaction.take(take, onto);
}

bool MemoryStore::unwritten(std::span<const Address> addresses) {
  Transaction transaction(*this, addresses);
  transaction.find();
  return transaction.unwritten();
}

// The key comes from outside this process: it may be any.
bool MemoryStore::put(const Address& address, State state) {
  if (address.key.size() > longest_key) return false;
  Transaction transaction(*this, {&address, 1});
  transaction.find();
  return transaction.put(std::move(state));
}

void MemoryStore::sweep(int64_t now) {
  for (size_t i = 0; i < shard_count; ++i) {
    Shard& shard = shards_[i];
    std::lock_guard lock(shard.mutex);
    for (auto at = shard.counters.begin(); at != shard.counters.end();) {
      auto next = std::next(at);
      if (at->second.state.idle_from <= now) shard.erase(at);
      at = next;
    }
  }
}

size_t MemoryStore::size() const {
  size_t size = 0;
  for (size_t i = 0; i < shard_count; ++i) {
    std::lock_guard lock(shards_[i].mutex);
    size += shards_[i].counters.size();
  }
  return size;
}

size_t MemoryStore::changes() const {
  size_t changes = 0;
  for (size_t i = 0; i < shard_count; ++i) {
    std::lock_guard lock(shards_[i].mutex);
    changes += shards_[i].changed.size() + shards_[i].gone.size();
  }
  return changes;
}

size_t MemoryStore::bytes() const {
  size_t bytes = 0;
  for (size_t i = 0; i < shard_count; ++i) {
    std::lock_guard lock(shards_[i].mutex);
    bytes += shards_[i].bytes;
  }
  return bytes;
}

}  // namespace aipol::meters
