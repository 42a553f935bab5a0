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
    case Parser::AT:
      return {ast::AtStep{expression(context->time)}, place};
    case Parser::AFTER:
      return {ast::AfterStep{expression(context->time)}, place};
    case Parser::GIVEN:
      return given(context->world, place);
    case Parser::SEND: {
      ast::SendStep send{record(context->call), span(context->call), std::nullopt, {}};
      if (context->answer != nullptr) {
        send.reply = record(context->answer);
        send.reply_span = span(context->answer);
      }
      return {std::move(send), place};
    }
    default:
      return {expectation(context->expected), place};
  }
}

ast::TestStep Builder::given(Parser::GivenContext* context, source::Span place) {
  if (context->data != nullptr)
    return {ast::GivenDataStep{identifier(context->declared), expression(context->value)}, place};
  return {ast::GivenTargetStep{identifier(context->target), expression(context->model),
                               record(context->state), span(context->state)},
          place};
}

ast::ExpectStep Builder::expectation(Parser::ExpectationContext* context) {
  if (broken(context)) return {ast::ExpectCondition{invalid(span(context))}};
  if (context->effect == nullptr) return {ast::ExpectCondition{expression(context->condition)}};
  std::string_view effect = text(span(context->effect));
  bool status = context->status != nullptr || context->statusName != nullptr;
  bool policy = context->policy != nullptr;
  auto unfit = [&](std::string_view expected) -> ast::ExpectStep {
    diagnostics_.report(span(context), diagnostics::syntax_error, expected,
                        fmt::format("`{}`", text(span(context))));
    return {ast::ExpectCondition{invalid(span(context))}};
  };
  if (effect == "allow") {
    if (status || policy || context->model != nullptr) return unfit("`allow` alone");
    return {ast::ExpectAllow{}};
  }
  if (effect == "route") {
    if (context->model == nullptr) return unfit("a model in quotes");
    if (policy) return unfit("`route` and a model alone");
    ast::ExpectRoute route;
    route.model = text_value(context->model);
    route.model_span = span(context->model);
    return {route};
  }
  if (context->model != nullptr) return unfit("a status or `by`");
  ast::ExpectDeny deny;
  if (context->status != nullptr) deny.status = number(context->status);
  if (context->statusName != nullptr) deny.status = literal(context->statusName);
  if (context->policy != nullptr) deny.policy = identifier(context->policy);
  return {deny};
}

}  // namespace aipol::parse
