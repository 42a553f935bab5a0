// A line that says how far a long run is, on a terminal.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>

namespace aipol::cli {

class Progress {
 public:
  // Draws on standard error; nothing where that is no terminal.
  Progress(std::string what, size_t total);
  ~Progress();  // takes the line away
  Progress(const Progress&) = delete;

  // One more is done. Any thread.
  void step(bool failed);

 private:
  void draw();

  std::string what_;
  size_t total_, done_ = 0, failed_ = 0;
  bool shown_ = false;
  bool terminal_;
  std::chrono::steady_clock::time_point next_;
  std::mutex mutex_;
};

}  // namespace aipol::cli
