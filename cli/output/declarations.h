// What the standard library declares, for people: signatures and their documentation.
#pragma once

#include <string>
#include <vector>

#include "compiler/ast/tree.h"

namespace aipol::cli {

struct Documented {
  std::string name;       // "starts_with", "principal.roles", "net.is_local"
  std::string signature;  // as declared, on one line
  std::string doc;
};

std::vector<Documented> documented(const ast::Tree& tree, const source::Files& files);

}  // namespace aipol::cli
