#include "runtime/identity/read_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace aipol::identity {
namespace {

struct File {
  int descriptor;
  ~File() {
    if (descriptor >= 0) ::close(descriptor);
  }
};

Error file_error(const std::filesystem::path& path, std::string_view what) {
  return Error{fmt::format("cannot read {}: {}", path.string(), what)};
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, size_t limit) {
  // Non-blocking, so that a named pipe is refused below instead of waited for.
  const File file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.descriptor < 0) return std::unexpected(file_error(path, std::strerror(errno)));
  struct stat status{};
  if (::fstat(file.descriptor, &status) != 0)
    return std::unexpected(file_error(path, std::strerror(errno)));
  if (!S_ISREG(status.st_mode)) return std::unexpected(file_error(path, "not a regular file"));
  std::string text;
  char chunk[16 * 1024];
  for (;;) {
    const ssize_t got = ::read(file.descriptor, chunk, sizeof chunk);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(file_error(path, std::strerror(errno)));
    if (got == 0) return text;
    text.append(chunk, got);
    if (text.size() > limit)
      return std::unexpected(file_error(path, fmt::format("larger than {} bytes", limit)));
  }
}

}  // namespace aipol::identity
