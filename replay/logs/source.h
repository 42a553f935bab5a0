// Logs of any known format, packed or not, as lines by the contract's names
// (runtime/offline/read_call.h), in blocks of bounded size:
//   Source source = …open(paths, options);
//   while (source.next(raw))            one thread: reads, unpacks, cuts into documents
//     Block block = source.translate(raw);   any thread: JSON to lines
// Lines that are of the contract already are not parsed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "replay/logs/document_reader.h"
#include "replay/logs/log_format.h"
#include "replay/logs/mapping.h"

namespace aipol::replay::logs {

struct Options {
  const LogFormat* format = nullptr;  // null: found out, file by file
  std::shared_ptr<const Mapping> mapping;
  size_t block_bytes = 1 << 20;  // a block is full once it holds as much; one document is not cut
};

// Documents of one file, in its order.
struct RawBlock {
  size_t file = 0;                    // index of Source::names
  const LogFormat* format = nullptr;  // null: by the mapping alone
  std::string text;
  std::vector<Line> documents;
  std::vector<Unreadable> unreadable;
};

struct Block {
  size_t file = 0;
  std::string text;         // lines of the contract, each with its break
  std::vector<Line> lines;  // in the order of the log; several may come from one line of it
  std::vector<Unreadable> unreadable;
  uint64_t passed_over = 0;  // documents, or parts of them, that are no calls

  std::string_view line(const Line& line) const {
    return std::string_view(text).substr(line.begin, line.size);
  }
};

class Source {
 public:
  // Files in their order; `-` is standard input. The first is opened here.
  static Result<Source> open(std::vector<std::string> paths, Options options);

  const std::vector<std::string>& names() const { return paths_; }

  // The next block; false at the end. The error is of a file: one that can not be opened or
  // unpacked, or of which nothing is of a known format. Nothing more is read then.
  Result<bool> next(RawBlock& block);

  // For progress: bytes of the files that were read, and of all of them; 0: not known.
  uint64_t done() const { return finished_ + (reader_ == nullptr ? 0 : reader_->consumed()); }
  uint64_t total() const { return total_; }

  // May be called by any thread.
  Block translate(const RawBlock& block) const;

 private:
  Source() = default;
  Result<void> open_next();
  Result<bool> read_file(RawBlock& block);
  void take(RawBlock& block);
  bool recognised(RawBlock& block);

  std::vector<std::string> paths_;
  Options options_;
  std::unique_ptr<DocumentReader> reader_;  // null: the next file is to be opened
  const LogFormat* format_ = nullptr;       // of the file
  bool known_ = false;                      // what the file's format is
  uint64_t strange_ = 0;                    // the first line of a format that is not known
  uint64_t finished_ = 0, total_ = 0;
  size_t next_ = 0;  // the file that is opened next
};

}  // namespace aipol::replay::logs
