// Policies and statements as texts that are equal where they say the same in the same words.
#pragma once

#include <string>

#include "compiler/lint/walk.h"

namespace aipol::lint {

// Scopes and statements, without name, title and comments.
std::string body_text(const Context& context, const ast::PolicyDeclaration& policy);
// What it applies to and does. Of a `deny` without status and message: the second is never given.
std::string statement_text(const Context& context, const ast::PolicyDeclaration& policy,
                           const ast::Statement& statement);

}  // namespace aipol::lint
