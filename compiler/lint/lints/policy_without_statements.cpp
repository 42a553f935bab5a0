// A policy that does nothing.
#include "compiler/lint/walk.h"

namespace aipol::lint {

void policy_without_statements(Context& context) {
  each_declared<ast::PolicyDeclaration>(
      context, [&](const ast::Declaration& declaration, const ast::PolicyDeclaration& policy) {
        if (!policy.statements.empty()) return;
        context.report(policy.name.span, "the policy `{}` has no statement", policy.name.text)
            .fix(whole_lines(context, declaration.span), "");
      });
}

}  // namespace aipol::lint
