// Where compiled policies are kept between runs.
#pragma once

#include <string>

namespace aipol::cli {

// AIPOL_CACHE; $XDG_CACHE_HOME/aipol or ~/.cache/aipol where that is not set; empty where it is
// `off` or nothing is set.
std::string cache_folder();

}  // namespace aipol::cli
