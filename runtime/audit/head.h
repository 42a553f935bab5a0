// The anchor beside a log, FILE.head: the last record that is known to be on disk, so that records
// which were cut off the log's end are missed, and the oldest that was kept, for those at its
// beginning. One line of JSON of a fixed size, overwritten in place:
//   {"v":1,"seq":120,"hash":"…","first":1,"bytes":81231}
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "runtime/audit/chain.h"
#include "runtime/audit/descriptor.h"

namespace aipol::audit {

struct Head {
  Link last;
  uint64_t first = 1;  // seq of the oldest record that is kept
  int64_t bytes = 0;   // of the current file, up to the end of `last`
  bool operator==(const Head&) const = default;
};

std::filesystem::path head_of(const std::filesystem::path& log);

// Nothing where the text is no head.
std::optional<Head> parse_head(std::string_view text);
std::string format_head(const Head& head);

// Nothing where there is no such file, or it is empty; an error where it is damaged or cannot be
// read.
Result<std::optional<Head>> read_head(const std::filesystem::path& path);

// Open, and locked against other processes.
class HeadFile {
 public:
  // An error where another process writes this log.
  static Result<HeadFile> open(const std::filesystem::path& path);
  // In the file; with `forced` also on the disk.
  Result<void> write(const Head& head, bool forced);

 private:
  HeadFile(Descriptor file, std::filesystem::path path)
      : file_(std::move(file)), path_(std::move(path)) {}

  Descriptor file_;
  std::filesystem::path path_;
};

}  // namespace aipol::audit
