// `// aipol: allow(lint-name) reason`: silences the lint on that line, or, where the comment stands
// alone, on the next line that is no comment (and on what annotations there belong to).
#pragma once

#include <set>
#include <string_view>
#include <vector>

#include "compiler/ast/tree.h"

namespace aipol::lint {

struct Silence {
  source::Span span;  // of the comment
  source::Span name_span;
  std::string_view name;  // of the lint
  std::string_view reason;
  std::set<uint32_t> lines;  // on which it silences
  bool used = false;
};

// Those of a file, one for each name.
std::vector<Silence> silences_of(const ast::Tree& tree, const source::File& file);

}  // namespace aipol::lint
