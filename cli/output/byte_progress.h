// A line that says how far reading is and when it will be done, on a terminal.
#pragma once

#include <chrono>
#include <cstdint>

namespace aipol::cli {

class ByteProgress {
 public:
  // Draws on standard error; nothing where that is no terminal.
  ByteProgress();
  ~ByteProgress();  // takes the line away
  ByteProgress(const ByteProgress&) = delete;

  // So many bytes of `total` are read; 0: nobody knows how many there are. One thread at a time.
  void show(uint64_t done, uint64_t total);

 private:
  bool terminal_, shown_ = false;
  std::chrono::steady_clock::time_point begin_, next_;
};

}  // namespace aipol::cli
