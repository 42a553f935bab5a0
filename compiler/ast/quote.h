// Texts as they would be written in a policy.
#pragma once

#include <string>
#include <string_view>

namespace aipol::ast {

// In double quotes, with escapes where they are needed.
std::string in_quotes(std::string_view text);

}  // namespace aipol::ast
