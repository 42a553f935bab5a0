// JSON as tests give it: documents by their type, bodies as they are written.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "compiler/check/checker.h"

namespace aipol::check {

// The text as JSON has it, in quotes.
std::string in_json(std::string_view text);

// A document of that type; nothing, and reported, where the literal is none.
std::optional<std::string> document_json(Checker& checker, const Scope& scope,
                                         ast::ExpressionPtr expression, TypePtr type);

// A record of literals as an object; a key with dots names a place within.
std::optional<std::string> body_json(Checker& checker, const Scope& scope,
                                     ast::ExpressionPtr expression);
// Its plain values by their paths.
using Leaves = std::vector<std::pair<std::string, std::string>>;
std::optional<Leaves> body_leaves(Checker& checker, const Scope& scope,
                                  ast::ExpressionPtr expression);

}  // namespace aipol::check
