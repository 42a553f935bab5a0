// What time it is: nanoseconds since the epoch in UTC. The gateway's is the system's; tests set
// theirs.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace aipol {

// May be asked by any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual int64_t now() const = 0;
};

// The wall clock: it can be set back, which those who ask must bear.
class SystemClock final : public Clock {
 public:
  int64_t now() const override {
    auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count();
  }
};

class VirtualClock final : public Clock {
 public:
  explicit VirtualClock(int64_t time = 0) : time_(time) {}
  int64_t now() const override { return time_.load(std::memory_order_relaxed); }
  void set(int64_t time) { time_.store(time, std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> time_;
};

}  // namespace aipol
