// Work in the background, again and again.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace aipol::identity {

// A thread of its own that calls `work`; what that returns is the time until the next call. `work`
// should return soon once its token is stopped: the destructor waits for it.
class Periodic {
 public:
  using Work = std::function<std::chrono::nanoseconds(std::stop_token)>;

  explicit Periodic(Work work, std::chrono::nanoseconds first = {});
  // Makes the next call come now.
  void wake();

 private:
  void run(std::stop_token stop, std::chrono::nanoseconds first);

  Work work_;
  std::mutex lock_;
  std::condition_variable_any changed_;
  bool woken_ = false;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace aipol::identity
