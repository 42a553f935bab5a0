// The record of a `send` -> fields of a call, typed by what policies can read.
#pragma once

#include "compiler/check/expressions.h"

namespace aipol::check {

// False where anything was wrong (and reported).
bool check_send(Checker& checker, const Scope& scope, const ast::Record& record, ir::Send& send);

}  // namespace aipol::check
