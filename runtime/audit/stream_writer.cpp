#include "runtime/audit/stream_writer.h"

#include <fmt/format.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace aipol::audit {

namespace {

constexpr int patience_ms = 1000;

// A pipe that is ready takes so much without blocking; a file takes everything.
size_t most_at_once(int descriptor) {
  struct stat status{};
  bool file = ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
  return file ? SIZE_MAX : size_t{PIPE_BUF};
}

}  // namespace

StreamWriter::StreamWriter(int descriptor)
    : descriptor_(descriptor), most_at_once_(most_at_once(descriptor)) {}

Result<void> StreamWriter::write(std::string_view& lines) {
  while (!lines.empty()) {
    pollfd ready{descriptor_, POLLOUT, 0};
    int polled = ::poll(&ready, 1, patience_ms);
    if (polled == 0) return failure("standard output is not read");
    if (polled < 0 && errno == EINTR) continue;
    ssize_t written = ::write(descriptor_, lines.data(), std::min(lines.size(), most_at_once_));
    if (written >= 0)
      lines.remove_prefix(static_cast<size_t>(written));
    else if (errno != EINTR && errno != EAGAIN)
      return failure(fmt::format("standard output cannot be written: {}", std::strerror(errno)));
  }
  return {};
}

}  // namespace aipol::audit
