// Whether a file changed, without reading it.
#pragma once

#include <cstdint>
#include <filesystem>

namespace aipol {

// Another number for another path, and whenever the file there was written, replaced, made or
// removed.
uint64_t file_stamp(const std::filesystem::path& path);

}  // namespace aipol
