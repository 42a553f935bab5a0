#include "cli/commands/replace_file.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/temporary_file.h"

namespace aipol::cli {

namespace {

std::unexpected<Error> failed(const std::string& path, std::string_view what) {
  return failure(fmt::format("{}: {}: {}", path, what, std::strerror(errno)));
}

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
  TemporaryFile temporary(real);
  if (!temporary.is_open()) return failed(path, "cannot be replaced");
  // Another's file stays another's where we may say so; its mode stays in any case.
  [[maybe_unused]] int owned = fchown(temporary.descriptor(), status.st_uid, status.st_gid);
  if (!temporary.write(after) || fchmod(temporary.descriptor(), status.st_mode & 07777) != 0 ||
      !temporary.take_place_of(real))
    return failed(path, "cannot be replaced");
  return {};
}

}  // namespace aipol::cli
