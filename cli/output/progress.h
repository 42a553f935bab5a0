// A line that says how far a long run is, on a terminal.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>

namespace aipol::cli {

// Whether standard error is a terminal that lines can be drawn again on.
bool draws_on_terminal();

class Progress {
 public:
  // Draws on standard error; nothing where that is no terminal. `bad` is what is said of those that
  // did not go well.
  Progress(std::string what, size_t total, std::string bad);
  ~Progress();  // takes the line away
  Progress(const Progress&) = delete;

  // One more is done. Any thread.
  void step(bool good);

 private:
  void draw();

  std::string what_, bad_;
  size_t total_, done_ = 0, not_good_ = 0;
  bool shown_ = false;
  bool terminal_;
  std::chrono::steady_clock::time_point next_;
  std::mutex mutex_;
};

}  // namespace aipol::cli
