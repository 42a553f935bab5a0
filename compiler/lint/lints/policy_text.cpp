#include "compiler/lint/lints/policy_text.h"

#include "base/text.h"

namespace aipol::lint {

namespace {

std::string scopes_text(const Context& context, const ast::PolicyDeclaration& policy) {
  std::string out;
  for (const ast::Scope& scope : policy.scopes) out += on_one_line(context.text(scope.span)) + "\n";
  return out;
}

}  // namespace

std::string body_text(const Context& context, const ast::PolicyDeclaration& policy) {
  std::string out = scopes_text(context, policy);
  for (const ast::Statement& statement : policy.statements)
    out += on_one_line(context.text(statement.span)) + "\n";
  return out;
}

std::string statement_text(const Context& context, const ast::PolicyDeclaration& policy,
                           const ast::Statement& statement) {
  std::string out = scopes_text(context, policy) + std::string(statement.effect.text);
  for (const ast::Part& part : statement.parts) {
    if (statement.effect.text == "deny") break;
    out += " " + on_one_line(context.text(part.span));
  }
  if (statement.condition != nullptr)
    out += " when " + on_one_line(context.text(statement.condition->span));
  return out;
}

}  // namespace aipol::lint
