// What stands in a file besides white space, in order. Trees do without; the formatter goes along
// it, so that nothing is lost.
#pragma once

#include <vector>

#include "compiler/ast/tree.h"

namespace aipol::ast {

struct Tokens {
  std::vector<Span> tokens;  // `not in` and each part of an f"…" is one; commas before a closing
                             // bracket are left out
  std::vector<Comment> comments;  // `///` too
};

}  // namespace aipol::ast
