// A grant that has ended.
#include "compiler/lint/walk.h"

namespace aipol::lint {

void grant_expired(Context& context) {
  each_declared<ast::GrantDeclaration>(context, [&](const auto& declaration, const auto& grant) {
    for (ExpressionPtr value : values_after(grant.parts, "until")) {
      const std::string* day = literal_text(*value);
      std::optional<int64_t> days = day == nullptr ? std::nullopt : days_since(*day);
      if (!days || *days < 0) continue;
      context.report(value->span, "the grant ended on this day")
          .help("remove it, or have it approved again")
          .fix(whole_lines(context, declaration.span), "");
    }
  });
}

}  // namespace aipol::lint
