#include "compiler/parse/builder.h"

namespace aipol::parse {

ast::TestDeclaration Builder::test(Parser::TestDeclarationContext* context) {
  ast::TestDeclaration result;
  result.name = text_value(context->title);
  result.name_span = span(context->title);
  result.columns = identifiers(context->columns);
  if (!context->columns.empty()) result.rows = expression(context->rows);
  result.steps.reserve(context->steps.size());
  for (Parser::TestStepContext* part : context->steps) {
    if (!broken(part)) result.steps.push_back(step(part));
  }
  return result;
}

ast::TestStep Builder::step(Parser::TestStepContext* context) {
  source::Span place = span(context);
  switch (context->start->getType()) {
    case Parser::LET:
      return {ast::LetStep{identifier(context->declared), expression(context->value)}, place};
    case Parser::SEND:
      return {ast::SendStep{record(context->call), span(context->call)}, place};
    default:
      return {expectation(context->expected), place};
  }
}

ast::ExpectStep Builder::expectation(Parser::ExpectationContext* context) {
  if (broken(context)) return {ast::ExpectCondition{invalid(span(context))}};
  if (context->allow != nullptr) return {ast::ExpectAllow{}};
  if (context->deny == nullptr) return {ast::ExpectCondition{expression(context->condition)}};
  ast::ExpectDeny deny;
  if (context->status != nullptr) deny.status = number(context->status);
  if (context->statusName != nullptr) deny.status = literal(context->statusName);
  if (context->policy != nullptr) deny.policy = identifier(context->policy);
  return {deny};
}

}  // namespace aipol::parse
