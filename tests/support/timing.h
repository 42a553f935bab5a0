// Times of this thread alone: other work on the machine counts only by the caches it takes.
#pragma once

#include <algorithm>
#include <ctime>
#include <vector>

namespace aipol::bench {

inline double thread_ns() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return double(time.tv_sec) * 1e9 + double(time.tv_nsec);
}

// Nanoseconds a call: the median of rounds over all of `count`.
template <class Decide>
double measure(size_t count, Decide decide) {
  std::vector<double> rounds;
  for (double end = thread_ns() + 0.5e9; thread_ns() < end || rounds.size() < 5;) {
    double start = thread_ns();
    for (size_t i = 0; i < count; ++i) decide(i);
    rounds.push_back((thread_ns() - start) / double(count));
  }
  std::ranges::nth_element(rounds, rounds.begin() + static_cast<ptrdiff_t>(rounds.size() / 2));
  return rounds[rounds.size() / 2];
}

}  // namespace aipol::bench
