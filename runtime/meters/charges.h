// Amounts by the instant they count at, ascending. Those of one instant are one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/meters/bytes.h"

namespace aipol::meters {

struct Counted {
  int64_t time = 0;
  Amount amount = 0;
  uint32_t open = 0;  // reservations within that may still change
};

// A queue with its memory in one piece.
class Charges {
 public:
  bool empty() const { return head_ == all_.size(); }
  size_t size() const { return all_.size() - head_; }
  Counted& front() { return all_[head_]; }
  const Counted& front() const { return all_[head_]; }
  const Counted& operator[](size_t i) const { return all_[head_ + i]; }
  auto begin() const { return all_.begin() + static_cast<ptrdiff_t>(head_); }
  auto end() const { return all_.end(); }

  // `time` is not before the last one's. Gives what was added: less than the amount where an
  // instant's would overflow.
  Amount add(int64_t time, Amount amount, uint32_t open);
  void drop_front();
  // The first at or after a time, or null.
  Counted* find(int64_t time);

  // Not empty. Joins those between the same two multiples of `grain`, at the latest of their times.
  // Done again with the same grain, or multiples of it, nothing moves by more than the last grain
  // in all.
  void join(int64_t grain);

  // After this no reservation within may change any more.
  void close_all();

  // Times are written from `base` on.
  void write(ByteWriter& to, int64_t base) const;
  // At most `most` of them, none below `least`.
  void read(ByteReader& from, int64_t base, size_t most, Amount least);

  size_t bytes() const { return all_.capacity() * sizeof(Counted); }

 private:
  std::vector<Counted> all_;
  size_t head_ = 0;
};

}  // namespace aipol::meters
