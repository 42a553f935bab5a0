#include "cli/commands/line_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace aipol::cli {

Result<std::unique_ptr<LineFile>> LineFile::create(const std::filesystem::path& path) {
  std::FILE* file = std::fopen(path.c_str(), "we");
  if (file == nullptr) return failure(fmt::format("{}: {}", path.string(), std::strerror(errno)));
  return std::unique_ptr<LineFile>(new LineFile(path, file));
}

LineFile::~LineFile() {
  if (file_ != nullptr) std::fclose(file_);
}

void LineFile::write(std::string_view lines) {
  const std::lock_guard lock(mutex_);
  if (std::fwrite(lines.data(), 1, lines.size(), file_) != lines.size() && error_ == 0)
    error_ = errno;
}

Result<void> LineFile::close() {
  const std::lock_guard lock(mutex_);
  if (std::fclose(std::exchange(file_, nullptr)) != 0 && error_ == 0) error_ = errno;
  if (error_ != 0) return failure(fmt::format("{}: {}", path_.string(), std::strerror(error_)));
  return {};
}

}  // namespace aipol::cli
