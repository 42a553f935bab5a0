// The syntax tree of one file; owns its expressions. The source::Files it was parsed from must
// outlive it.
#pragma once

#include <string>
#include <vector>

#include "base/arena.h"
#include "compiler/ast/declaration.h"

namespace aipol::ast {

// `// …` and `/* … */`, without `///`, which stands at its declaration.
struct Comment {
  Span span;
  bool own_line = false;  // nothing but white space stands before it on its line
};

struct Tree {
  source::FileId file = 0;
  std::vector<Identifier> package;  // empty: main
  std::vector<Declaration> declarations;
  std::vector<Comment> comments;  // in their order
  Arena arena;
};

// A stable, indented print for `--dump ast` and goldens.
std::string dump(const Tree& tree);
std::string dump(const Expression& expression);

}  // namespace aipol::ast
