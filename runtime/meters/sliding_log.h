// What was counted in (now - length, now].
#pragma once

#include "runtime/meters/charges.h"

namespace aipol::meters {

// Exact while at most `most_instants` different instants lie in the window. Beyond that, instants
// are joined: what was counted leaves the window late by at most a 32,768th of it, never early.
class SlidingLog {
 public:
  static constexpr size_t most_instants = 65'536;

  void advance(int64_t length, int64_t now);
  // After `advance` to that time.
  void add(int64_t length, int64_t time, Amount amount);
  // Changes the amount counted at `time`, if that is still in the window.
  void change(int64_t time, Wide difference);
  Wide used() const { return used_; }
  // Nanoseconds from `now` until at most `most` is left of what is in the window; `never` for less
  // than 0.
  int64_t wait(int64_t length, int64_t now, Wide most) const;
  int64_t idle_from(int64_t length) const;
  // Joins instants until there are at most `most`; what was counted leaves the window late by at
  // most two parts in `most`.
  void shorten(size_t most);

  void write(ByteWriter& to, int64_t base) const;
  void read(ByteReader& from, int64_t base);

  size_t bytes() const { return charges_.bytes(); }

 private:
  void sum_up();

  Charges charges_;
  Wide used_ = 0;
  int64_t left_until_ = int_min;  // what was counted up to here has left the window
};

}  // namespace aipol::meters
