#include "cli/commands/write_file.h"

#include <fmt/format.h>

#include <fstream>

namespace aipol::cli {

namespace fs = std::filesystem;

Result<void> write_file(const fs::path& path, std::string_view text) {
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  std::ofstream out(path, std::ios::binary);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  if (!out) return failure(fmt::format("{}: cannot be written", path.string()));
  return {};
}

}  // namespace aipol::cli
