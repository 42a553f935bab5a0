// A mutant is a policy set with one small change that its tests should notice.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/ast/tree.h"
#include "compiler/source/source.h"

namespace aipol::mutation {

struct Mutant {
  source::Span span;        // what is replaced
  std::string replacement;  // may be empty
  std::string_view kind;    // a name of kinds.def
  std::string change;       // "`>=` became `>`"
};

// What the kinds of mutants look at: the policies of a set that are in force, and the expressions
// that decide for them.
struct Subject {
  const source::Files& files;
  std::vector<const ast::PolicyDeclaration*> policies;
  std::vector<ast::ExpressionPtr> guards;  // of scopes and statements, and bodies of functions

  std::string_view text(source::Span span) const {
    return files[span.file].text().substr(span.begin, span.end - span.begin);
  }
};

using Mutants = std::vector<Mutant>;

// A function for each kind; they leave Mutant::kind to their caller.
#define MUTATION(name, function, summary) void function(const Subject& subject, Mutants& out);
#include "mutation/kinds.def"
#undef MUTATION

// The names of kinds.def, in its order.
const std::vector<std::string>& kind_names();

// All mutants of the set's own files (not the standard library's), by place. Each expression is
// still in brackets where it was.
Mutants mutants_of(const source::Files& files, const std::vector<ast::Tree>& trees);

}  // namespace aipol::mutation
