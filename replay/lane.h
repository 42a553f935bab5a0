// Records that share what is remembered, decided in the order of their times.
#pragma once

#include <deque>
#include <memory>

#include "replay/worker.h"

namespace aipol::replay {

// Used by one thread at a time.
class Lane {
 public:
  // At most `window` records wait.
  Lane(std::unique_ptr<Pair> pair, size_t window) : pair_(std::move(pair)), window_(window) {}

  // In the order in which they were read. Decides the first ones where more wait than may.
  void push(std::unique_ptr<Record> record, Worker& worker);
  void finish(Worker& worker);

 private:
  struct Waiting {
    int64_t time = 0;
    std::unique_ptr<Record> record;
  };
  void decide_first(Worker& worker);

  std::unique_ptr<Pair> pair_;
  const size_t window_;
  std::deque<Waiting> waiting_;  // by time, then as they were read
  int64_t latest_ = 0;           // of those that were read
  int64_t decided_ = 0;          // of the last that was decided
};

}  // namespace aipol::replay
