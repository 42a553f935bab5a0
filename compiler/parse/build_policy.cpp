#include "compiler/parse/builder.h"

namespace aipol::parse {

ast::PolicyDeclaration Builder::policy(Parser::PolicyDeclarationContext* context) {
  ast::PolicyDeclaration result;
  result.name = identifier(context->declared);
  if (context->title != nullptr) result.title = text_value(context->title);
  for (Parser::AnnotationContext* part : context->annotations) {
    if (!broken(part)) result.annotations.push_back(annotation(part));
  }
  result.scopes.reserve(context->scopes.size());
  for (Parser::ScopeContext* part : context->scopes) result.scopes.push_back(scope(part));
  result.statements.reserve(context->statements.size());
  for (Parser::StatementContext* part : context->statements)
    result.statements.push_back(statement(part));
  return result;
}

ast::Annotation Builder::annotation(Parser::AnnotationContext* context) {
  return {identifier(context->declared), expressions(context->arguments), span(context)};
}

ast::Scope Builder::scope(Parser::ScopeContext* context) {
  if (context->start->getType() == Parser::WHEN)
    return {ast::WhenScope{expression(context->condition)}, span(context)};
  ast::OnScope on{identifiers(context->methods), {}, {}};
  for (const antlr4::Token* glob : context->globs) {
    on.globs.push_back({text_value(glob)});
    on.glob_spans.push_back(span(glob));
  }
  return {std::move(on), span(context)};
}

ast::Statement Builder::statement(Parser::StatementContext* context) {
  ast::Statement result;
  result.effect_span = span(context->start);
  if (auto* deny = context->deny) {
    ast::DenyEffect effect;
    if (deny->status != nullptr) effect.status = number(deny->status);
    if (deny->text != nullptr) effect.message = message(deny->text);
    result.effect = effect;
  }
  if (auto* require = context->require) {
    ast::RequireEffect effect{expression(require->condition)};
    if (require->status != nullptr) effect.status = number(require->status);
    if (require->text != nullptr) effect.message = message(require->text);
    result.effect = effect;
  }
  if (context->condition != nullptr) {
    result.condition = expression(context->condition);
  } else if (broken(context)) {
    result.condition =
        invalid(span(context));  // so that it is not taken for a statement without a guard
  }
  result.doc = doc_before(context->start);
  result.span = span(context);
  return result;
}

ast::ExpressionPtr Builder::message(Parser::MessageContext* context) {
  size_t more = context->parts.size();
  if (broken(context) || too_high(more, span(context))) return invalid(span(context));
  Height below(height_, more);
  ast::ExpressionPtr result = message_part(context->parts[0]);
  for (size_t i = 1; i < context->parts.size(); ++i) {
    const Lexeme& plus = lexemes_.tokens[context->parts[i]->getStart()->getTokenIndex() - 1];
    result = binary(plus, result, message_part(context->parts[i]));
  }
  return result;
}

ast::ExpressionPtr Builder::message_part(Parser::MessagePartContext* context) {
  size_t more = context->postfixes.size();
  if (broken(context) || too_high(more, span(context))) return invalid(span(context));
  Height below(height_, more);
  ast::ExpressionPtr object = nullptr;
  if (context->literal != nullptr) object = literal(context->literal);
  if (context->format != nullptr) object = format(context->format);
  if (context->nested != nullptr) object = parenthesized(context->nested);
  return with_postfixes(object, context->postfixes);
}

}  // namespace aipol::parse
