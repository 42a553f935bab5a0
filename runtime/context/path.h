// A request target (RFC 9112 section 3.2) as policies see it: a path that is percent-decoded once
// with `.`, `..` and
// `//` resolved, and the query's pairs. One meaning for serve, eval and test.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace aipol::context {

struct Target {
  std::string
      path;  // begins with `/`, valid UTF-8, without control characters; `*` of OPTIONS is "*"
  std::vector<std::pair<std::string, std::string>>
      query;  // in order; `+` is a space, a missing `=` an empty value
  std::string
      host;  // of a target in absolute form ("http://host/path"), else empty; overrides the header
  std::string raw_query;  // as it came, without `?`
};

// Reads origin form ("/a?b=c") and absolute form. `..` above the root stays at the root; a trailing
// `/` stays. An error (to be answered with 400) where the target is none of these, holds a bad
// escape, an encoded `/`, NUL or another control character, bytes outside printable ASCII, or
// decodes to invalid UTF-8.
Result<Target> read_target(std::string_view text);

// The inverse for forwarding: every byte that a path may not hold as itself is escaped.
std::string escape_path(std::string_view path);

}  // namespace aipol::context
