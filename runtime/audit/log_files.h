// All records of a log in the order of their writing: the files that were put aside, then the one
// that is written. While they are read the log may be written and put aside.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/audit/descriptor.h"
#include "runtime/audit/line_reader.h"

namespace aipol::audit {

class LogFiles {
 public:
  // `-` is standard input. Files that were put aside are put in order by their first record. An
  // error where there is nothing of the log.
  static Result<LogFiles> open(const std::string& log);

  // As LineReader::next, over all files; `torn` may be followed by the lines of the next file.
  // `failed` also where a file can not be opened.
  LineReader::Got next(std::string_view& line);

  // Of the last line.
  const std::string& file() const { return names_[at_]; }
  uint64_t line_number() const { return reader_ ? reader_->line_number() : 0; }
  bool last_file() const { return at_ + 1 == names_.size(); }
  size_t size() const { return names_.size(); }

 private:
  bool open_next();

  std::vector<std::string> names_;  // the last may be `current_`
  Descriptor current_;              // FILE itself, opened before the others were looked for
  Descriptor file_;
  std::optional<LineReader> reader_;
  size_t at_ = 0;
  bool begun_ = false;
};

}  // namespace aipol::audit
