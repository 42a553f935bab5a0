// Steps that a server is owed: they are done once it can be reached.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/meters/store.h"

namespace aipol::stores {

struct Owed {
  std::vector<std::pair<uint32_t, std::string>> counters;  // meter and key
  meters::Store::Missing missing = meters::Store::Missing::skip;
  int64_t now = 0;
  std::unique_ptr<meters::Step> step;
  // Of those that hang on what became of a batch whose reply never came.
  enum class If : uint8_t { always, batch_done, batch_not_done } when = If::always;
};

// Many threads may use it. Holds at most `most_bytes`; what is too much is lost, and counted.
class Backlog {
 public:
  explicit Backlog(size_t most_bytes) : most_bytes_(most_bytes) {}

  void add(std::span<const meters::Address> counters, meters::Store::Missing missing, int64_t now,
           std::unique_ptr<meters::Step> step, Owed::If when);
  // The oldest, at most so many; those that hang on a batch stay.
  std::vector<Owed> take(size_t most);
  void put_back(std::vector<Owed> owed);
  // What became of the batch is known.
  void resolve(bool done);

  size_t size() const;
  uint64_t lost() const;

 private:
  static size_t bytes_of(const Owed& owed);

  const size_t most_bytes_;
  mutable std::mutex mutex_;
  std::deque<Owed> owed_;
  size_t bytes_ = 0;
  uint64_t lost_ = 0;
};

}  // namespace aipol::stores
