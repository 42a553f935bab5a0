// A file in the one style (docs/formatting.md).
#pragma once

#include <string>

#include "compiler/ast/tokens.h"
#include "compiler/source/source.h"

namespace aipol::format {

// Of a file without errors. The result means the same, with the same comments in the same order.
std::string format(const source::File& file, const ast::Tree& tree, const ast::Tokens& tokens);

}  // namespace aipol::format
