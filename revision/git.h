// Git, asked by running it: no shell, no configuration of the repository that runs programs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aipol::revision {

inline constexpr size_t max_output_bytes = size_t{512} << 20;

// What `git ARGUMENTS` prints, given that input; the error is the first line of what it complains
// of. An argument is one argument, whatever is in it.
Result<std::string> git(const std::vector<std::string>& arguments, std::string_view input = {});

}  // namespace aipol::revision
