#include "runtime/audit/log_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "runtime/audit/parts.h"

namespace aipol::audit {

namespace {

int open_to_read(const std::string& path) { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); }

bool same_file(const struct stat& one, const std::string& path) {
  struct stat other{};
  return ::stat(path.c_str(), &other) == 0 && one.st_ino == other.st_ino &&
         one.st_dev == other.st_dev;
}

}  // namespace

Result<LogFiles> LogFiles::open(const std::string& log) {
  LogFiles out;
  if (log == "-") {
    out.current_ = Descriptor(::dup(0));
    out.names_ = {"standard input"};
    return out;
  }
  out.current_ = Descriptor(open_to_read(log));
  struct stat status{};
  if (out.current_ && (::fstat(out.current_.number(), &status) != 0 || S_ISDIR(status.st_mode)))
    return failure(fmt::format("{}: is no file", log));
  if (!out.current_ && errno != ENOENT)
    return failure(fmt::format("{}: cannot be read: {}", log, std::strerror(errno)));
  std::vector<std::pair<uint64_t, std::string>> parts;
  for (const Part& part : parts_of(log)) {
    // What was put aside in this moment is `current_`.
    bool again = out.current_ && same_file(status, part.path.string());
    if (!again) parts.emplace_back(first_seq(part.path), part.path.string());
  }
  std::ranges::stable_sort(parts, {}, &std::pair<uint64_t, std::string>::first);
  for (auto& [seq, path] : parts) out.names_.push_back(std::move(path));
  if (out.current_) out.names_.push_back(log);
  if (out.names_.empty()) return failure(fmt::format("{}: no such file", log));
  return out;
}

bool LogFiles::open_next() {
  at_ += begun_ ? 1 : 0;
  begun_ = true;
  bool last = last_file() && current_;
  file_ = last ? std::move(current_) : Descriptor(open_to_read(names_[at_]));
  if (!file_) return false;
  reader_.emplace(LineReader::of_stream(file_.number()));
  return true;
}

LineReader::Got LogFiles::next(std::string_view& line) {
  while (true) {
    if (reader_) {
      LineReader::Got got = reader_->next(line);
      if (got != LineReader::Got::end || last_file()) return got;
    }
    if (!open_next()) return LineReader::Got::failed;
  }
}

}  // namespace aipol::audit
