// Writes policy files so that a reader never sees half of one.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace aipol::cli {

// Puts `after` in place of the file's text, which must still be `before`. Mode and, where that is
// allowed, owner stay; of a symbolic link the file that it means is written.
Result<void> replace_file(const std::string& path, std::string_view before, std::string_view after);

}  // namespace aipol::cli
