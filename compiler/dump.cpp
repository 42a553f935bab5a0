#include "compiler/dump.h"

#include <algorithm>

#include "compiler/lower/lower.h"
#include "plan/dump.h"

namespace aipol::compiler {

namespace {

// Of the set's own files: what the standard library declares is the same for all.
std::string trees(const Compilation& compilation) {
  std::string text;
  for (const ast::Tree& tree : compilation.trees) {
    if (!compilation.files[tree.file].builtin()) text += ast::dump(tree);
  }
  return text;
}

constexpr Dump dumps[] = {
    {"ast", Step::parse, trees},
    {"ir", Step::check, [](const Compilation& c) { return ir::dump(*c.set, c.files); }},
    {"plan", Step::index, [](const Compilation& c) { return plan::dump(c.plan, c.layout); }},
    {"llvm", Step::lower, [](const Compilation& c) { return text(*c.lowered); }},
};

}  // namespace

const Dump* find_dump(std::string_view name) {
  const Dump* found = std::ranges::find(dumps, name, &Dump::name);
  return found == std::end(dumps) ? nullptr : found;
}

}  // namespace aipol::compiler
