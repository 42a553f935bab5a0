// A policy that redacts something in requests and answers, but not the same in both.
#include <set>

#include "base/text.h"
#include "compiler/lint/walk.h"

namespace aipol::lint {

namespace {

struct Redacted {
  std::set<std::string> names;
  Span span;
  bool any = false;
};

void add(const Context& context, const ast::Statement& statement, std::string_view surface,
         Redacted& out) {
  if (!has_word(statement.parts, surface)) return;
  out.any = true;
  out.span = statement.effect.span;
  constexpr std::string_view surfaces[] = {"request", "response", "logs",
                                           "mask",    "hash",     "placeholder"};
  for (ExpressionPtr value : expressions_of(statement)) {
    if (value == statement.condition) continue;
    each_within(value, [&](const ast::Expression& part) {
      std::string name = dotted(part);
      bool word = std::ranges::find(surfaces, name) != std::end(surfaces);
      if (!name.empty() && !word) out.names.insert(on_one_line(context.text(part.span)));
    });
  }
}

}  // namespace

void redaction_one_sided(Context& context) {
  each_declared<ast::PolicyDeclaration>(
      context, [&](const auto&, const ast::PolicyDeclaration& policy) {
        Redacted requests, responses;
        for (const ast::Statement& statement : policy.statements) {
          if (statement.effect.text != "redact") continue;
          add(context, statement, "request", requests);
          add(context, statement, "response", responses);
        }
        if (!requests.any || !responses.any) return;
        for (const std::string& name : requests.names) {
          if (responses.names.contains(name)) continue;
          context.report(responses.span, "`{}` is redacted in requests, but not in answers", name)
              .label(requests.span, "in requests");
        }
      });
}

}  // namespace aipol::lint
