#include "compiler/parse/builder.h"

namespace aipol::parse {

ast::TypeName Builder::type(Parser::TypeNameContext* context) {
  ast::TypeName result;
  result.span = span(context);
  if (broken(context)) return result;
  result.name = identifier(context->first);
  if (context->member != nullptr) {
    result.package = result.name;
    result.name = identifier(context->member);
  }
  for (Parser::TypeNameContext* argument : context->arguments)
    result.arguments.push_back(type(argument));
  result.optional = context->optional != nullptr;
  return result;
}

std::vector<ast::FieldDeclaration> Builder::fields(Parser::FieldListContext* context) {
  std::vector<ast::FieldDeclaration> result;
  if (context == nullptr) return result;
  result.reserve(context->fields.size());
  for (Parser::FieldDeclarationContext* field : context->fields) {
    if (broken(field)) continue;
    ast::FieldDeclaration& built = result.emplace_back();
    built.name = identifier(field->declared);
    built.type = type(field->type);
    built.type.optional |= field->optional != nullptr;  // `note?: string` is `note: string?`
    if (field->fallback != nullptr) built.fallback = expression(field->fallback);
    if (field->phase != nullptr) built.phase = identifier(field->phase);
    built.doc = doc_before(field->start);
  }
  return result;
}

std::vector<ast::Parameter> Builder::parameters(Parser::ParameterListContext* context) {
  std::vector<ast::Parameter> result;
  if (context == nullptr) return result;
  for (Parser::ParameterContext* parameter : context->items) {
    if (!broken(parameter))
      result.push_back({identifier(parameter->declared), type(parameter->type)});
  }
  return result;
}

std::vector<ast::Identifier> Builder::path(Parser::PathContext* context) {
  std::vector<ast::Identifier> result;
  if (broken(context)) return result;
  result.push_back(identifier(context->first));
  for (const antlr4::Token* token : context->rest) result.push_back(identifier(token));
  return result;
}

}  // namespace aipol::parse
