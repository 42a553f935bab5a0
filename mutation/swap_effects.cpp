#include <fmt/format.h>

#include "mutation/written.h"

namespace aipol::mutation {

void swap_effects(const Subject& subject, Mutants& out) {
  for (const ast::PolicyDeclaration* policy : subject.policies) {
    for (const ast::Statement& statement : policy->statements) {
      std::string_view word = statement.effect.text;
      if (word != "allow" && word != "deny") continue;
      // An allow has neither status nor message.
      source::Span span = statement.effect.span;
      if (!statement.parts.empty()) span = span.to(statement.parts.back().span);
      std::string_view with = word == "allow" ? "deny" : "allow";
      out.push_back({span,
                     std::string(with),
                     {},
                     fmt::format("{} became `{}`", quoted(subject.text(span)), with)});
    }
  }
}

}  // namespace aipol::mutation
