#include "runtime/identity/periodic.h"

namespace aipol::identity {

Periodic::Periodic(Work work, std::chrono::nanoseconds first)
    : work_(std::move(work)), thread_([this, first](std::stop_token stop) { run(stop, first); }) {}

void Periodic::wake() {
  {
    const std::lock_guard<std::mutex> lock(lock_);
    woken_ = true;
  }
  changed_.notify_one();
}

void Periodic::run(std::stop_token stop, std::chrono::nanoseconds wait) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock<std::mutex> lock(lock_);
      changed_.wait_for(lock, stop, wait, [this] { return woken_; });
      woken_ = false;
    }
    if (stop.stop_requested()) return;
    wait = work_(stop);
  }
}

}  // namespace aipol::identity
