#include "runtime/gateway/access_log.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>

namespace aipol::gateway {
namespace {

// Lines that come within this time are written together.
constexpr std::chrono::milliseconds gathering{10};

}  // namespace

AccessLog::AccessLog(int descriptor) : descriptor_(descriptor), thread_([this] { run(); }) {}

void AccessLog::close() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void AccessLog::append(std::string_view line) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() + line.size() > most_waiting_bytes) {
      ++dropped_;
      return;
    }
    first = waiting_.empty();
    waiting_ += line;
  }
  if (first) wake_.notify_one();
}

void AccessLog::run() {
  std::string taken;
  std::unique_lock lock(mutex_);
  for (bool last = false; !last;) {
    wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    wake_.wait_for(lock, gathering, [this] { return stopping_; });
    last = stopping_;
    taken.clear();
    std::swap(taken, waiting_);
    if (dropped_ > 0) taken += fmt::format("{{\"dropped\":{}}}\n", std::exchange(dropped_, 0));
    lock.unlock();
    write(taken);
    lock.lock();
  }
}

// What cannot be written is lost: there is nobody left to tell.
void AccessLog::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor_, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(written);
    } else if (errno == EAGAIN) {
      pollfd ready{descriptor_, POLLOUT, 0};
      ::poll(&ready, 1, 1000);
    } else if (errno != EINTR) {
      return;
    }
  }
}

}  // namespace aipol::gateway
