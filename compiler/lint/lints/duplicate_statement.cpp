// Two statements that do the same under the same conditions.
#include <map>

#include "compiler/lint/lints/policy_text.h"

namespace aipol::lint {

void duplicate_statement(Context& context) {
  std::map<std::pair<std::string, std::string>, Span> first;  // by package and text
  std::map<std::string, int> bodies;                          // whole policies are another lint's
  each_declared<ast::PolicyDeclaration>(
      context, [&](const auto&, const ast::PolicyDeclaration& policy) {
        if (!policy.annotations.empty()) return;  // priority or shadow may make the difference
        if (bodies[body_text(context, policy)]++ > 0) return;
        const std::string& package = context.subject.symbols.files[policy.name.span.file].package;
        for (const ast::Statement& statement : policy.statements) {
          auto [it, fresh] = first.try_emplace(
              {package, statement_text(context, policy, statement)}, statement.effect.span);
          if (fresh) continue;
          context
              .report(statement.effect.span, "this `{}` repeats another one's conditions",
                      statement.effect.text)
              .label(it->second, "the other one");
        }
      });
}

}  // namespace aipol::lint
