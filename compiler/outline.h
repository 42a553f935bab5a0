// What is remembered of the files of a set, so that what changed in them can be told apart.
#pragma once

#include <string>
#include <vector>

#include "compiler/ast/tree.h"
#include "compiler/source/source.h"

namespace aipol::compiler {

// A declaration. The text between it and the one before, with its doc comment, is its own too.
struct Outlined {
  enum class Kind : uint8_t {
    policy,
    checked,  // a test or an invariant: nothing of the plan depends on it
    other,
  } kind = Kind::other;
  uint32_t begin = 0, end = 0;
  std::string name;       // of a policy
  bool disabled = false;  // a policy that is checked and not planned
  // A policy without a statement that the whole set counts, numbers or reads.
  bool local = false;
  bool tags = false;  // it has a `tag`
};

struct OutlinedFile {
  std::string path, text;
  std::string package;
  uint32_t header_end = 0;  // of the package clause
  std::vector<Outlined> declarations;
};

// By file, without the standard library.
using Outline = std::vector<OutlinedFile>;

Outlined outlined(const ast::Declaration& declaration);
Outline outline_of(const source::Files& files, const std::vector<ast::Tree>& trees);

}  // namespace aipol::compiler
