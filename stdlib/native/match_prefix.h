// What the matches of a regular expression begin with: whether the end of a text could be the
// beginning of a match that more text completes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aipol::native {

// An expression whose matches are the beginnings of matches of `pattern`, whole matches among them,
// of at least one character. It may have some matches more: assertions where the text ends are
// taken to hold. Nothing where the pattern is not understood, or the expression would be too large.
std::optional<std::string> prefixes_of(std::string_view pattern);

}  // namespace aipol::native
