// Counts over time: in equal steps, at most so many that the whole is drawn with them. The step
// follows from the first and the last time alone, so that parts of a replay add up to the same.
#pragma once

#include <cstdint>
#include <map>

namespace aipol::replay {

class Timeline {
 public:
  static constexpr int64_t most_steps = 240;

  struct Counts {
    uint64_t records = 0, changed = 0, newly_denied = 0, newly_allowed = 0, undetermined = 0;
    uint64_t limited_from = 0, limited_to = 0;  // refused by a limit
    Counts& operator+=(const Counts& other);
    bool operator==(const Counts&) const = default;
  };

  // The counts of that time (ns since the epoch), until the next call.
  Counts& at(int64_t time);
  void merge(const Timeline& other);

  int64_t step() const { return step_; }  // nanoseconds
  // By the number of the step since the epoch.
  const std::map<int64_t, Counts>& counts() const { return counts_; }
  bool operator==(const Timeline&) const = default;

  // As they were written: a timeline that counted.
  static Timeline of(int64_t step, std::map<int64_t, Counts> counts);

 private:
  void widen_for(int64_t first, int64_t last);
  void widen();

  int64_t step_ = 1'000'000'000;
  std::map<int64_t, Counts> counts_;
};

}  // namespace aipol::replay
