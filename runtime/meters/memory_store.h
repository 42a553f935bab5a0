// Counters in this process's memory.
#pragma once

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/meters/store.h"

namespace aipol::meters {

// Many threads may use it; two wait for each other only where they meet counters of the same shard.
// A new counter makes it look at a few others and drop those that are idle, so that memory follows
// what is in use. Where `most_bytes` are in use new counters are refused: a counter that still
// matters is never dropped.
class MemoryStore final : public Store {
 public:
  static constexpr size_t shard_count = 64;
  static constexpr size_t usual_bytes = size_t{1} << 30;

  explicit MemoryStore(size_t most_bytes = usual_bytes);
  ~MemoryStore() override;

  uint32_t meter(std::string_view identity) override;
  Outcome transact(std::span<const Address> addresses, Missing missing, int64_t now,
                   Step& step) override;
  void sweep(int64_t now) override;

  size_t size() const;   // counters
  size_t bytes() const;  // about what they take

  // For those who keep the counters elsewhere too. Who keeps them takes what changed, writes it,
  // and says so: takes are numbered from 1 on, and only one is under way at a time.
  struct Change {
    uint32_t meter = 0;
    std::string key;
    std::string state;  // as `encode` writes it; empty: the counter is gone
  };
  // From here on changes are noted.
  void note_changes() { notes_ = true; }
  // Those of all counters, or of these, that no earlier take gave.
  void take_changes(uint32_t take, std::vector<Change>& onto);
  void take_changes(uint32_t take, std::span<const Address> of, std::vector<Change>& onto);
  // All that takes up to this one gave is written.
  void written(uint32_t take) { written_.store(take, std::memory_order_release); }
  // Whether a change of one of these is not written yet.
  bool unwritten(std::span<const Address> addresses);
  // A counter as take 1 would have given it, where none is; false: there is no room.
  bool put(const Address& address, State state);
  size_t changes() const;            // that the next take would give
  std::string name(uint32_t meter);  // the identity that has this number

 private:
  struct Shard;
  class Transaction;

  const size_t most_bytes_;
  const std::array<uint64_t, 2> secret_;  // of the hash: clients choose keys
  std::unique_ptr<Shard[]> shards_;
  bool notes_ = false;
  std::atomic<uint32_t> written_{0};
  std::mutex names_mutex_;
  std::map<std::string, uint32_t, std::less<>> names_;
};

}  // namespace aipol::meters
