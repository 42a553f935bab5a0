// Globs over names of tests: `*` is any text, `?` one character.
#pragma once

#include <string_view>

namespace aipol::cli {

bool name_matches(std::string_view name, std::string_view glob);

}  // namespace aipol::cli
