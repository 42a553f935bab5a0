// Counters in this process's memory.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "runtime/meters/store.h"

namespace aipol::meters {

// Many threads may use it; two wait for each other only where they meet counters of the same shard.
// A new counter makes it look at a few others and drop those that are idle, so that memory follows
// what is in use. Where `most_bytes` are in use new counters are refused: a counter that still
// matters is never dropped.
class MemoryStore final : public Store {
 public:
  static constexpr size_t shard_count = 64;

  explicit MemoryStore(size_t most_bytes = size_t{1} << 30);
  ~MemoryStore() override;

  uint32_t meter(std::string_view identity) override;
  bool transact(std::span<const Address> addresses, Missing missing, int64_t now,
                Step& step) override;
  void sweep(int64_t now) override;

  size_t size() const;   // counters
  size_t bytes() const;  // about what they take

 private:
  struct Shard;
  class Transaction;

  const size_t most_bytes_;
  const std::array<uint64_t, 2> secret_;  // of the hash: clients choose keys
  std::unique_ptr<Shard[]> shards_;
  std::mutex names_mutex_;
  std::map<std::string, uint32_t, std::less<>> names_;
};

}  // namespace aipol::meters
