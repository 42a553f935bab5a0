// A policy that decides about paths to which no test of the set sends.
#include <algorithm>

#include "compiler/lint/lints/tested.h"

namespace aipol::lint {

namespace {

// Refusals are deny-never-tested's.
bool permits(const ast::PolicyDeclaration& policy) {
  bool allows = false, refuses = false;
  for (const ast::Statement& statement : policy.statements) {
    allows = allows || statement.effect.text == "allow" || statement.effect.text == "limit";
    refuses = refuses || statement.effect.text == "deny" || statement.effect.text == "require";
  }
  return allows && !refuses;
}

}  // namespace

void untested_policy(Context& context) {
  Tested tests = tested(context);
  if (tests.tests.empty()) return;
  each_declared<ast::PolicyDeclaration>(
      context, [&](const auto&, const ast::PolicyDeclaration& policy) {
        if (!permits(policy) || annotation_of(policy, "disabled") != nullptr) return;
        if (tests.policies.contains(policy.name.text) || tests.reaches(policy, false)) return;
        context.report(policy.name.span, "no test sends to the paths of the policy `{}`",
                       policy.name.text);
      });
}

}  // namespace aipol::lint
