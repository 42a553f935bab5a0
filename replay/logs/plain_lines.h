// Files that need no translation.
#pragma once

#include <string>

namespace aipol::replay::logs {

// Whether the file, which is not packed, begins with a line by the contract's names. False too of
// standard input, and of what can not be read.
bool holds_plain_lines(const std::string& path);

}  // namespace aipol::replay::logs
