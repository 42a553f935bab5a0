// Whole small files.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "base/result.h"

namespace aipol::identity {

// The bytes of a regular file of at most `limit` bytes; the error names the file and what is wrong
// with it.
Result<std::string> read_file(const std::filesystem::path& path, size_t limit);

}  // namespace aipol::identity
