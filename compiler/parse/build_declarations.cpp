#include "compiler/parse/builder.h"

namespace aipol::parse {

void Builder::package(Parser::PackageClauseContext* context) {
  tree_.package = path(context->named);
}

// A declaration that broke before its name is known is left out; of the others what is missing is
// invalid.
void Builder::declaration(Parser::DeclarationContext* context) {
  place_ = span(context->start);
  ast::Declaration built{ast::UseDeclaration{}, doc_before(context->start), span(context)};
  auto kept = [&](auto declaration, bool named) {
    built.node = std::move(declaration);
    if (named) tree_.declarations.push_back(std::move(built));
  };
  auto named = [](const auto* part) { return part->declared != nullptr; };
  if (auto* use_context = context->use) kept(use(use_context), !broken(use_context));
  if (auto* part = context->constant) kept(constant(part), named(part));
  if (auto* part = context->enumeration) kept(enumeration(part), named(part));
  if (auto* part = context->structure) kept(record_type(part), named(part));
  if (auto* part = context->extend) kept(extend(part), named(part));
  if (auto* part = context->function) kept(function(part), named(part));
  if (auto* part = context->block) kept(block(part), !broken(part));
  if (auto* part = context->meter) kept(meter(part), named(part));
  if (auto* part = context->detector) kept(detector(part), named(part));
  if (auto* part = context->list) kept(list_declaration(part), named(part));
  if (auto* part = context->grant) kept(grant(part), !broken(part));
  if (auto* part = context->prompt) kept(prompt(part), named(part));
  if (auto* part = context->data) kept(data(part), named(part) && !broken(part));
  if (auto* part = context->invariant) kept(invariant(part), named(part));
  if (auto* part = context->policy) kept(policy(part), named(part));
  if (auto* part = context->test) kept(test(part), part->title != nullptr);
  if (context->native != nullptr && native(context->native, built))
    tree_.declarations.push_back(std::move(built));
}

ast::UseDeclaration Builder::use(Parser::UseDeclarationContext* context) {
  ast::UseDeclaration result{path(context->named), std::nullopt};
  if (context->alias != nullptr) result.alias = identifier(context->alias);
  return result;
}

ast::ConstDeclaration Builder::constant(Parser::ConstDeclarationContext* context) {
  ast::ConstDeclaration result{identifier(context->declared), std::nullopt,
                               expression(context->value)};
  if (context->type != nullptr) result.type = type(context->type);
  return result;
}

ast::EnumDeclaration Builder::enumeration(Parser::EnumDeclarationContext* context) {
  ast::EnumDeclaration result{identifier(context->declared), {}};
  for (Parser::EnumMemberContext* member : context->members) {
    if (broken(member)) continue;
    std::string name =
        member->quoted != nullptr ? text_value(member->quoted) : std::string(text(span(member)));
    result.members.push_back({std::move(name), span(member)});
  }
  return result;
}

ast::RecordDeclaration Builder::record_type(Parser::RecordDeclarationContext* context) {
  return {identifier(context->declared), fields(context->fields)};
}

ast::ExtendDeclaration Builder::extend(Parser::ExtendDeclarationContext* context) {
  return {identifier(context->declared), fields(context->fields)};
}

ast::FunctionDeclaration Builder::function(Parser::FunctionDeclarationContext* context) {
  ast::FunctionDeclaration result;
  result.name = identifier(context->declared);
  result.parameters = parameters(context->parameters);
  result.result = type(context->result);
  result.body = expression(context->body);
  return result;
}

ast::MeterDeclaration Builder::meter(Parser::MeterDeclarationContext* context) {
  return {identifier(context->declared), parts(context->parts)};
}

ast::DetectorDeclaration Builder::detector(Parser::DetectorDeclarationContext* context) {
  ast::DetectorDeclaration result{identifier(context->declared), {}};
  for (Parser::DetectorEntryContext* entry : context->entries) {
    if (!broken(entry)) result.entries.push_back({identifier(entry->key), value(entry->value)});
  }
  return result;
}

ast::ListDeclaration Builder::list_declaration(Parser::ListDeclarationContext* context) {
  return {identifier(context->keyword), identifier(context->declared), list(context->members),
          span(context->members)};
}

ast::GrantDeclaration Builder::grant(Parser::GrantDeclarationContext* context) {
  return {identifier(context->keyword), parts(context->parts)};
}

ast::PromptDeclaration Builder::prompt(Parser::PromptDeclarationContext* context) {
  ast::PromptDeclaration result;
  result.name = identifier(context->declared);
  if (context->version != nullptr) result.version = identifier(context->version);
  result.parameters = parameters(context->parameters);
  result.settings = record(context->settings);
  result.settings_span = span(context->settings);
  return result;
}

ast::DataDeclaration Builder::data(Parser::DataDeclarationContext* context) {
  return {identifier(context->declared), text_value(context->file), span(context->file),
          type(context->type)};
}

ast::InvariantDeclaration Builder::invariant(Parser::InvariantDeclarationContext* context) {
  ast::InvariantDeclaration result{identifier(context->declared), {}};
  for (Parser::InvariantRuleContext* rule : context->rules) {
    if (broken(rule)) continue;
    result.rules.push_back({rule->kind->getType() == Parser::NEVER, identifier(rule->effect),
                            rule->condition == nullptr ? nullptr : expression(rule->condition),
                            span(rule)});
  }
  return result;
}

// False where it broke before its name is known.
bool Builder::native(Parser::NativeDeclarationContext* context, ast::Declaration& into) {
  if (broken(context)) return false;
  if (context->enumeration != nullptr) {
    ast::EnumDeclaration result = enumeration(context->enumeration);
    result.native = true;
    result.open = context->open != nullptr;
    into.node = std::move(result);
    return context->enumeration->declared != nullptr;
  }
  if (context->structure != nullptr) {
    ast::RecordDeclaration result = record_type(context->structure);
    result.native = true;
    into.node = std::move(result);
    return context->structure->declared != nullptr;
  }
  if (context->object != nullptr) {
    into.node = object(context->object);
  } else {
    into.node = native_function(context->function);
  }
  return true;
}

ast::ObjectDeclaration Builder::object(Parser::ObjectDeclarationContext* context) {
  return {identifier(context->declared), identifier(context->phase), fields(context->fields)};
}

ast::FunctionDeclaration Builder::native_function(Parser::NativeFunctionContext* context) {
  ast::FunctionDeclaration result;
  result.name = identifier(context->declared);
  result.type_parameters = identifiers(context->types);
  result.parameters = parameters(context->parameters);
  result.result = type(context->result);
  result.native_symbol = text_value(context->symbol);
  return result;
}

ast::BlockDeclaration Builder::block(Parser::BlockDeclarationContext* context) {
  ast::BlockDeclaration result;
  result.keyword = identifier(context->keyword);
  if (context->declared != nullptr) result.name = identifier(context->declared);
  if (context->label != nullptr) {
    result.label = text_value(context->label);
    result.label_span = span(context->label);
  }
  if (context->variant != nullptr) result.variant = identifier(context->variant);
  result.settings = record(context->settings);
  result.settings_span = span(context->settings);
  return result;
}

}  // namespace aipol::parse
