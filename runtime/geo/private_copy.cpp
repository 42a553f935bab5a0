#include "runtime/geo/private_copy.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

namespace aipol::geo {
namespace {

struct Descriptor {
  int number;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  int release() { return std::exchange(number, -1); }
};

Error error_of(const std::filesystem::path& file, std::string_view what) {
  return Error{fmt::format("cannot read {}: {}", file.string(), what)};
}

bool write_all(int to, const char* bytes, size_t size) {
  while (size > 0) {
    const ssize_t written = ::write(to, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes += written;
    size -= static_cast<size_t>(written);
  }
  return true;
}

// Empty where all went well.
std::string copy(int from, int to, size_t largest) {
  std::vector<char> chunk(1 << 20);
  for (size_t total = 0;;) {
    const ssize_t got = ::read(from, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::strerror(errno);
    if (got == 0) return total == 0 ? "it is empty" : "";
    if ((total += static_cast<size_t>(got)) > largest)
      return fmt::format("larger than {} bytes", largest);
    if (!write_all(to, chunk.data(), static_cast<size_t>(got))) return std::strerror(errno);
  }
}

}  // namespace

Result<std::unique_ptr<const PrivateCopy>> PrivateCopy::of(const std::filesystem::path& file,
                                                           size_t largest) {
  // Non-blocking, so that a named pipe is refused instead of waited for.
  const Descriptor from{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (from.number < 0) return std::unexpected(error_of(file, std::strerror(errno)));
  struct stat status{};
  if (::fstat(from.number, &status) != 0 || !S_ISREG(status.st_mode))
    return std::unexpected(error_of(file, "not a regular file"));
  Descriptor to{::memfd_create("aipol", MFD_CLOEXEC)};
  if (to.number < 0) return std::unexpected(error_of(file, std::strerror(errno)));
  const std::string wrong = copy(from.number, to.number, largest);
  if (!wrong.empty()) return std::unexpected(error_of(file, wrong));
  return std::unique_ptr<const PrivateCopy>(new PrivateCopy(to.release()));
}

PrivateCopy::~PrivateCopy() { ::close(descriptor_); }

std::string PrivateCopy::path() const { return fmt::format("/proc/self/fd/{}", descriptor_); }

}  // namespace aipol::geo
