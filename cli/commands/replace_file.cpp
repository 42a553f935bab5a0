#include "cli/commands/replace_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace aipol::cli {

namespace {

std::unexpected<Error> failed(const std::string& path, std::string_view what) {
  return failure(fmt::format("{}: {}: {}", path, what, std::strerror(errno)));
}

// Gone with the object unless it took the other's place.
class Temporary {
 public:
  explicit Temporary(const std::string& beside) : path_(beside + ".XXXXXX") {
    descriptor_ = mkostemp(path_.data(), O_CLOEXEC);
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    if (descriptor_ >= 0) close(descriptor_);
    if (descriptor_ >= 0 && !placed_) unlink(path_.c_str());
  }

  bool write(std::string_view text) {
    while (!text.empty()) {
      ssize_t written = ::write(descriptor_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return false;
      text.remove_prefix(static_cast<size_t>(written));
    }
    return fsync(descriptor_) == 0;
  }
  bool take_place_of(const std::string& path) {
    placed_ = rename(path_.c_str(), path.c_str()) == 0;
    return placed_;
  }
  int descriptor() const { return descriptor_; }

 private:
  std::string path_;
  int descriptor_ = -1;
  bool placed_ = false;
};

}  // namespace

Result<void> replace_file(const std::string& path, std::string_view before,
                          std::string_view after) {
  std::error_code error;
  std::string real = std::filesystem::canonical(path, error).string();
  if (error) return failure(fmt::format("{}: {}", path, error.message()));
  std::ifstream in(real, std::ios::binary);
  std::string now{std::istreambuf_iterator<char>(in), {}};
  if (!in || now != before) return failure(fmt::format("{}: changed in the meantime", path));
  struct stat status{};
  if (stat(real.c_str(), &status) != 0) return failed(path, "cannot be read");
  if (access(real.c_str(), W_OK) != 0) return failed(path, "cannot be written");
  Temporary temporary(real);
  if (temporary.descriptor() < 0) return failed(path, "cannot be replaced");
  // Another's file stays another's where we may say so; its mode stays in any case.
  [[maybe_unused]] int owned = fchown(temporary.descriptor(), status.st_uid, status.st_gid);
  if (!temporary.write(after) || fchmod(temporary.descriptor(), status.st_mode & 07777) != 0 ||
      !temporary.take_place_of(real))
    return failed(path, "cannot be replaced");
  return {};
}

}  // namespace aipol::cli
