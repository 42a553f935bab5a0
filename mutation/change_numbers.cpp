// Twice and half of what a limit allows; another status of a refusal.
#include <fmt/format.h>

#include "mutation/written.h"

namespace aipol::mutation {

namespace {

bool is_amount(const ast::Expression& expression) {
  return std::holds_alternative<ast::IntLiteral>(expression.node) ||
         std::holds_alternative<ast::FloatLiteral>(expression.node) ||
         std::holds_alternative<ast::UsdLiteral>(expression.node) ||
         std::holds_alternative<ast::DurationLiteral>(expression.node);
}

void replace(const Subject& subject, source::Span span, std::string with, Mutants& out) {
  std::string change = fmt::format("{} became `{}`", quoted(subject.text(span)), with);
  out.push_back({span, std::move(with), {}, std::move(change)});
}

template <class F>
void each_value(const ast::Statement& statement, F visit) {
  for (const ast::Part& part : statement.parts) {
    for (ast::ExpressionPtr value : part.values) visit(*value);
  }
}

void change_limit(const Subject& subject, const ast::Statement& statement, Mutants& out) {
  each_value(statement, [&](const ast::Expression& value) {
    if (!is_amount(value)) return;
    for (std::string_view change : {"* 2", "/ 2"})
      replace(subject, value.span, fmt::format("{} {}", subject.text(value.span), change), out);
  });
}

void change_status(const Subject& subject, const ast::Statement& statement, Mutants& out) {
  each_value(statement, [&](const ast::Expression& value) {
    if (const auto* status = std::get_if<ast::IntLiteral>(&value.node))
      replace(subject, value.span, fmt::format("{}", status->value + 1), out);
  });
}

}  // namespace

void change_numbers(const Subject& subject, Mutants& out) {
  for (const ast::PolicyDeclaration* policy : subject.policies) {
    for (const ast::Statement& statement : policy->statements) {
      if (statement.effect.text == "limit") change_limit(subject, statement, out);
      if (statement.effect.text == "deny" || statement.effect.text == "require")
        change_status(subject, statement, out);
    }
  }
}

}  // namespace aipol::mutation
