// A refusal that no test shows, in a set that has tests.
#include "compiler/lint/lints/tested.h"

namespace aipol::lint {

void deny_never_tested(Context& context) {
  Tested tests = tested(context);
  if (tests.tests.empty()) return;
  each_declared<ast::PolicyDeclaration>(context, [&](const auto&,
                                                     const ast::PolicyDeclaration& policy) {
    const ast::Statement* refusal = nullptr;
    for (const ast::Statement& statement : policy.statements) {
      bool refuses = statement.effect.text == "deny" || statement.effect.text == "require";
      if (refuses && refusal == nullptr) refusal = &statement;
    }
    if (refusal == nullptr || annotation_of(policy, "disabled") != nullptr) return;
    if (tests.policies.contains(policy.name.text) || tests.reaches(policy, true)) return;
    context
        .report(policy.name.span, "no test expects that the policy `{}` refuses", policy.name.text)
        .label(refusal->effect.span, "this is never seen to refuse")
        .help("add a test that ends with `expect deny by {}`", policy.name.text);
  });
}

}  // namespace aipol::lint
