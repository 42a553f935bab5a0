// The syntax tree of one file; owns its expressions. The source::Files it was parsed from must
// outlive it.
#pragma once

#include <string>
#include <vector>

#include "base/arena.h"
#include "compiler/ast/declaration.h"

namespace aipol::ast {

// `// …` and `/* … */`.
struct Comment {
  Span span;
  bool own_line = false;  // nothing but white space and comments stands before it on its line
  bool doc = false;       // `///`
};

struct Tree {
  source::FileId file = 0;
  std::vector<Identifier> package;  // empty: main
  std::vector<Declaration> declarations;
  std::vector<Comment> comments;  // in their order; `///` stands at its declaration instead
  Arena arena;
};

// A stable, indented print for `--dump ast` and goldens.
std::string dump(const Tree& tree);
std::string dump(const Expression& expression);

}  // namespace aipol::ast
