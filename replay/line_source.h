// Where the lines of a replay come from: blocks of whole lines, in order. Plain files and streams
// are read by file_lines.h; what is packed, or written in another form than the contract's JSONL,
// is another source that gives such lines.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace aipol::replay {

struct Block {
  // Whole lines with their breaks, but for the last of a file; behind them `slack` bytes that may
  // be read and mean nothing.
  std::string text;
  size_t size = 0;      // of the lines; `text` is longer
  uint32_t file = 0;    // of LineSource::file
  uint64_t line = 1;    // of the first line, from 1
  uint64_t number = 0;  // of the block, from 0, over all files
  // Nothing else in it: the line was longer than offline::max_record_bytes and has been passed
  // over.
  bool too_long = false;
  // Of logs of other forms. What is to be done before the lines are there, by any thread, such as
  // translating them; null: nothing.
  std::function<void(Block&)> prepare;
  // Where each line stood in the log that it was made of; empty: one after the other.
  std::vector<uint64_t> lines;
  // Lines of the log that gave nothing, and why; and how many of its records are of no requests.
  std::vector<std::pair<uint64_t, std::string>> unreadable;
  uint64_t passed_over = 0;

  static constexpr size_t slack = 64;

  // Calls visit(text without its break, line number) for each line.
  void each_line(const std::function<void(std::string_view, uint64_t)>& visit) const;
};

// Used by one thread at a time.
class LineSource {
 public:
  virtual ~LineSource() = default;

  // The next block; false at the end. The block's memory is used again. An error names the file.
  virtual Result<bool> next(Block& block) = 0;

  // Of files that were begun.
  virtual const std::string& file(uint32_t number) const = 0;
  virtual uint32_t files() const = 0;

  // For progress: bytes given so far, and in all; 0: not known.
  virtual uint64_t done() const = 0;
  virtual uint64_t total() const = 0;
};

}  // namespace aipol::replay
