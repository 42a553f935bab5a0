// Writes what a command makes.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace aipol::cli {

// Makes the folders above it where they are missing; what was there is replaced, and nobody sees
// half of it.
Result<void> write_file(const std::filesystem::path& path, std::string_view text);

}  // namespace aipol::cli
