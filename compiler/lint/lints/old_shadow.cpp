// A policy that has been tried out for long: `@shadow` with an `@since` of a month ago or more.
#include "compiler/lint/walk.h"

namespace aipol::lint {

void old_shadow(Context& context) {
  constexpr int64_t longest = 30;  // days
  each_declared<ast::PolicyDeclaration>(
      context, [&](const auto&, const ast::PolicyDeclaration& policy) {
        const ast::Annotation* shadow = annotation_of(policy, "shadow");
        const ast::Annotation* since = annotation_of(policy, "since");
        if (shadow == nullptr || since == nullptr || since->arguments.empty()) return;
        const std::string* day = literal_text(*since->arguments[0]);
        std::optional<int64_t> days = day == nullptr ? std::nullopt : days_since(*day);
        if (!days || *days <= longest) return;
        context
            .report(shadow->span, "the policy `{}` has been in the shadow for more than {} days",
                    policy.name.text, longest)
            .label(since->span, "since then")
            .help("enforce it, `@enforce(10%)` at first, or remove it");
      });
}

}  // namespace aipol::lint
