#include "base/temporary_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace aipol {

TemporaryFile::TemporaryFile(const std::string& beside) : path_(beside + ".XXXXXX") {
  descriptor_ = mkostemp(path_.data(), O_CLOEXEC);
}

TemporaryFile::~TemporaryFile() {
  if (descriptor_ >= 0) close(descriptor_);
  if (descriptor_ >= 0 && !placed_) unlink(path_.c_str());
}

bool TemporaryFile::write(std::string_view text) {
  while (!text.empty()) {
    ssize_t written = ::write(descriptor_, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<size_t>(written));
  }
  return fsync(descriptor_) == 0;
}

bool TemporaryFile::take_place_of(const std::string& path) {
  placed_ = rename(path_.c_str(), path.c_str()) == 0;
  return placed_;
}

}  // namespace aipol
