// What changed in a text, as `diff -u` prints it.
#pragma once

#include <string>
#include <string_view>

namespace aipol::cli {

// Empty where nothing changed. Texts that differ in very many lines are shown as one replaced by
// the other.
std::string unified_diff(std::string_view path, std::string_view before, std::string_view after);

}  // namespace aipol::cli
