// How long to wait after the n-th failure in a row: twice as long each time, up to a bound, and
// something between half of it and all of it, so that many who failed together do not come back
// together.
#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace aipol::audit {

class Backoff {
 public:
  using Milliseconds = std::chrono::milliseconds;

  Backoff(Milliseconds first, Milliseconds longest)
      : first_(first), longest_(longest), next_(first), random_(std::random_device{}()) {}

  // `asked`: the other side wants to be left alone for so long at least; the bound holds for it,
  // too.
  Milliseconds next(Milliseconds asked = Milliseconds(0)) {
    auto most = static_cast<long long>(next_.count());
    Milliseconds wait(std::uniform_int_distribution<long long>(most / 2, most)(random_));
    next_ = std::min(next_ * 2, longest_);
    return std::min(std::max(wait, asked), longest_);
  }
  void reset() { next_ = first_; }

 private:
  Milliseconds first_, longest_, next_;
  std::minstd_rand random_;
};

}  // namespace aipol::audit
