// Two policies that differ in their names alone.
#include <map>

#include "compiler/lint/lints/policy_text.h"

namespace aipol::lint {

void duplicate_policy_body(Context& context) {
  std::map<std::pair<std::string, std::string>, Span> first;  // by package and text
  each_declared<ast::PolicyDeclaration>(context, [&](const auto&,
                                                     const ast::PolicyDeclaration& policy) {
    if (!policy.annotations.empty() || policy.statements.empty()) return;
    const std::string& package = context.subject.symbols.files[policy.name.span.file].package;
    auto [it, fresh] = first.try_emplace({package, body_text(context, policy)}, policy.name.span);
    if (fresh) return;
    context.report(policy.name.span, "the policy `{}` is the same as another one", policy.name.text)
        .label(it->second, "the other one");
  });
}

}  // namespace aipol::lint
