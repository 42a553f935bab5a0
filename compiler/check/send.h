// What a test gives: the call it sends, the upstream's answer, the state of a target.
#pragma once

#include "compiler/check/checker.h"

namespace aipol::check {

// False, and reported, where anything was wrong.
bool check_send(Checker& checker, const Scope& scope, const ast::Record& record, ir::Send& send);
bool check_reply(Checker& checker, const Scope& scope, const ast::Record& record, ir::Send& send);
bool check_target_state(Checker& checker, const Scope& scope, const ast::Record& record,
                        ir::GivenTarget& given);

}  // namespace aipol::check
