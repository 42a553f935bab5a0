// Writes log lines from a thread of its own, so that a slow reader of the log never stops a
// request.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace aipol::gateway {

class AccessLog {
 public:
  // Lines waiting beyond this are dropped, and a line {"dropped":N} says how many.
  static constexpr size_t most_waiting_bytes = 64 * 1024 * 1024;

  explicit AccessLog(int descriptor);
  ~AccessLog() { close(); }
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  // Writes what is waiting and ends the thread; nothing may be appended afterwards.
  void close();

  // `line` ends in a line break. Any thread.
  void append(std::string_view line);

 private:
  void run();
  void write(std::string_view text);

  int descriptor_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::string waiting_;
  size_t dropped_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace aipol::gateway
