// The syntax tree of one file; owns its expressions. The source::Files it was parsed from must
// outlive it.
#pragma once

#include <string>
#include <vector>

#include "base/arena.h"
#include "compiler/ast/declaration.h"

namespace aipol::ast {

struct Tree {
  source::FileId file = 0;
  std::vector<Identifier> package;  // empty: main
  std::vector<Declaration> declarations;
  Arena arena;
};

// A stable, indented print for `--dump ast` and goldens.
std::string dump(const Tree& tree);
std::string dump(const Expression& expression);

}  // namespace aipol::ast
