// Text to syntax tree. Everything about ANTLR stays inside this folder.
#pragma once

#include "compiler/ast/tokens.h"
#include "compiler/diagnostics/diagnostics.h"
#include "compiler/source/source.h"

namespace aipol::parse {

// After this many errors the rest of a file is not looked at.
inline constexpr size_t max_errors = 20;

// The levels of brackets, conditionals, quantifiers and type arguments in the text.
inline constexpr int max_nesting = 128;

// The height of an expression: long chains of operators count too. Steps may recurse over
// expressions without fear.
inline constexpr int max_expression_height = 512;

// What could not be parsed is left out, or stands as ast::Invalid where that keeps the rest
// meaningful; each such place is reported. `files` must outlive the tree.
ast::Tree parse(const source::Files& files, source::FileId file,
                diagnostics::Diagnostics& diagnostics);

// What the tree was made of, of a file without errors.
ast::Tokens tokens(const source::Files& files, source::FileId file);

}  // namespace aipol::parse
