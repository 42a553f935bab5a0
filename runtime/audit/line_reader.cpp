#include "runtime/audit/line_reader.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace aipol::audit {

namespace {

constexpr size_t first_buffer = size_t{256} << 10;

}  // namespace

LineReader::LineReader(Source source, size_t longest)
    : source_(std::move(source)), longest_(longest), buffer_(first_buffer, '\0') {}

LineReader LineReader::of_file(int descriptor, int64_t offset) {
  return LineReader([descriptor, offset](char* into, size_t size) mutable -> long {
    ssize_t got = ::pread(descriptor, into, size, offset);
    if (got > 0) offset += got;
    return got;
  });
}

LineReader LineReader::of_stream(int descriptor) {
  return LineReader(
      [descriptor](char* into, size_t size) -> long { return ::read(descriptor, into, size); });
}

// Makes room and reads once; false at the end.
bool LineReader::fill() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    searched_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) buffer_.resize(std::min(buffer_.size() * 2, longest_ + first_buffer));
  long got = 0;
  do got = source_(buffer_.data() + end_, buffer_.size() - end_);
  while (got < 0 && errno == EINTR);
  failed_ = got < 0;
  ended_ = got == 0;
  if (got > 0) end_ += static_cast<size_t>(got);
  return got > 0;
}

LineReader::Got LineReader::next(std::string_view& line) {
  while (true) {
    const char* from = buffer_.data() + searched_;
    const auto* found = static_cast<const char*>(std::memchr(from, '\n', end_ - searched_));
    if (found != nullptr) {
      size_t at = static_cast<size_t>(found - buffer_.data());
      line = std::string_view(buffer_).substr(begin_, at - begin_);
      if (line.size() > longest_) return Got::too_long;
      consumed_ += static_cast<int64_t>(line.size()) + 1;
      ++number_;
      begin_ = searched_ = at + 1;
      return Got::line;
    }
    searched_ = end_;
    if (end_ - begin_ > longest_) return Got::too_long;
    if (ended_ || !fill()) break;
  }
  if (failed_) return Got::failed;
  line = std::string_view(buffer_).substr(begin_, end_ - begin_);
  if (line.empty()) return Got::end;
  ++number_;
  begin_ = end_;
  return Got::torn;
}

}  // namespace aipol::audit
