#include "cli/commands/write_file.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/temporary_file.h"

namespace aipol::cli {

namespace fs = std::filesystem;

namespace {

// Pipes, terminals and what links mean stay what they are.
bool write_over(const fs::path& path, std::string_view text) {
  std::ofstream out(path, std::ios::binary);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  return out.good();
}

// As the shell would have made it, or as it was.
mode_t mode_of(const fs::path& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) == 0) return status.st_mode & 07777;
  const mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

bool write_beside(const fs::path& path, std::string_view text) {
  if (access(path.c_str(), F_OK) == 0 && access(path.c_str(), W_OK) != 0) return false;
  TemporaryFile temporary(path.string());
  return temporary.is_open() && temporary.write(text) &&
         fchmod(temporary.descriptor(), mode_of(path)) == 0 &&
         temporary.take_place_of(path.string());
}

}  // namespace

Result<void> write_file(const fs::path& path, std::string_view text) {
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  const fs::file_status there = fs::symlink_status(path, error);
  const bool ordinary = !fs::exists(there) || fs::is_regular_file(there);
  if (ordinary ? write_beside(path, text) : write_over(path, text)) return {};
  return failure(fmt::format("{}: cannot be written: {}", path.string(), std::strerror(errno)));
}

}  // namespace aipol::cli
