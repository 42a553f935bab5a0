// What was counted in the present window and in those before it.
#pragma once

#include <vector>

#include "runtime/meters/bytes.h"
#include "runtime/meters/rule.h"

namespace aipol::meters {

inline constexpr size_t most_past_windows = 30;

// The windows before the present one that are kept, from the first in which anything was counted; 0
// where nothing was counted in between.
struct Comparison {
  double average = 0;
  // In standard deviations of the past windows, of which one is taken as at least 1 amount; 0 until
  // three exist.
  double zscore = 0;
};

class Tally {
 public:
  // To be called first, with a time that is not before that of any earlier call.
  void advance(const Rule& rule, int64_t now);
  // Changes what is counted in the window around `time`; nothing where that is not kept any more.
  void add(int64_t time, Wide difference);
  Amount used() const { return narrow(used_); }
  const Span& window() const { return window_; }
  Comparison compare(Wide with) const;
  // From when on it is as if nothing had ever been counted.
  int64_t idle_from(const Rule& rule) const;
  void write(ByteWriter& to, int64_t base) const;
  void read(ByteReader& from, int64_t base);

  size_t bytes() const { return past_.capacity() * sizeof(Past); }

 private:
  struct Past {
    int64_t begin = 0;
    Wide used = 0;
  };
  void close_window(const Rule& rule, int64_t now);

  Span window_{int_min, int_min};
  Wide used_ = 0;
  std::vector<Past> past_;  // ascending
};

}  // namespace aipol::meters
