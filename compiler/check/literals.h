// Literals with parts: records, maps, and lists of them.
#pragma once

#include "compiler/check/checker.h"

namespace aipol::check {

// Whether values of the type are written out part by part: others are plain values.
bool has_parts(TypePtr type);

// Whether the literal, or what its name stands for, is of the type; `what` says in messages what
// has to be a constant. False, and reported, where it is not.
bool well_formed(Checker& checker, const Scope& scope, ast::ExpressionPtr expression, TypePtr type,
                 std::string_view what);

}  // namespace aipol::check
