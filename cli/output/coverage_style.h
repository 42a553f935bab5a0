// The style of the coverage page.
#pragma once

#include <string_view>

namespace aipol::cli {

std::string_view coverage_style();

}  // namespace aipol::cli
