// What a test gives: the call it sends, the upstream's answer, the state of a target, a document.
#pragma once

#include "compiler/check/checker.h"

namespace aipol::check {

// False, and reported, where anything was wrong.
bool check_send(Checker& checker, const Scope& scope, const ast::Record& record, ir::Send& send);
bool check_reply(Checker& checker, const Scope& scope, const ast::Record& record, ir::Send& send);
bool check_target_state(Checker& checker, const Scope& scope, const ast::Record& record,
                        ir::GivenTarget& given);

// The expression as JSON text, where it is made of literals; nothing, and reported, where it is
// not.
std::optional<std::string> json_of(Checker& checker, const Scope& scope,
                                   ast::ExpressionPtr expression);

}  // namespace aipol::check
