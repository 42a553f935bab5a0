// What changes when a file does.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace aipol::identity {

struct FileStamp {
  uint64_t device = 0, inode = 0;
  int64_t size = 0, modified_ns = 0, changed_ns = 0;
  bool operator==(const FileStamp&) const = default;
};

// Absent where there is no such file, or none that can be looked at.
std::optional<FileStamp> stamp_of(const std::filesystem::path& path);

}  // namespace aipol::identity
