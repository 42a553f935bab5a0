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
  result.effect = identifier(context->effect);
  result.parts = parts(context->parts);
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

std::vector<ast::Part> Builder::parts(const std::vector<Parser::PartContext*>& contexts) {
  std::vector<ast::Part> result;
  result.reserve(contexts.size());
  for (Parser::PartContext* context : contexts) {
    ast::Part& part = result.emplace_back();
    part.span = span(context);
    if (context->word != nullptr) part.word = identifier(context->word);
    for (Parser::PartValueContext* value : context->values)
      part.values.push_back(this->value(value));
    if (context->word == nullptr && part.values.empty()) part.values.push_back(invalid(part.span));
  }
  return result;
}

}  // namespace aipol::parse
