// A package that is brought in and not named.
#include <set>

#include "compiler/lint/walk.h"

namespace aipol::lint {

namespace {

void add_qualifiers(std::set<std::string_view>& names, const ast::TypeName& type) {
  if (type.package) names.insert(type.package->text);
  for (const ast::TypeName& argument : type.arguments) add_qualifiers(names, argument);
}

void add_qualifiers(std::set<std::string_view>& names, const ast::Declaration& declaration) {
  auto fields = [&](const auto& node) {
    for (const ast::FieldDeclaration& field : node.fields) add_qualifiers(names, field.type);
  };
  if (const auto* d = std::get_if<ast::RecordDeclaration>(&declaration.node)) fields(*d);
  if (const auto* d = std::get_if<ast::ExtendDeclaration>(&declaration.node)) fields(*d);
  if (const auto* d = std::get_if<ast::DataDeclaration>(&declaration.node))
    add_qualifiers(names, d->type);
  if (const auto* d = std::get_if<ast::ConstDeclaration>(&declaration.node); d && d->type)
    add_qualifiers(names, *d->type);
  if (const auto* d = std::get_if<ast::FunctionDeclaration>(&declaration.node)) {
    add_qualifiers(names, d->result);
    for (const ast::Parameter& parameter : d->parameters) add_qualifiers(names, parameter.type);
  }
}

std::set<std::string_view> names_in(const ast::Tree& tree) {
  std::set<std::string_view> names;
  for (const ast::Declaration& declaration : tree.declarations) {
    add_qualifiers(names, declaration);
    for (ExpressionPtr root : expressions_of(declaration)) {
      each_within(root, [&](const ast::Expression& part) {
        if (const auto* name = std::get_if<ast::Name>(&part.node)) names.insert(name->text);
      });
    }
  }
  return names;
}

}  // namespace

void unused_use(Context& context) {
  for (const ast::Tree* tree : context.own_trees()) {
    std::set<std::string_view> names = names_in(*tree);
    for (const ast::Declaration& declaration : tree->declarations) {
      const auto* use = std::get_if<ast::UseDeclaration>(&declaration.node);
      if (use == nullptr) continue;
      const ast::Identifier& alias = use->alias ? *use->alias : use->path.back();
      if (names.contains(alias.text)) continue;
      context.report(declaration.span, "the package `{}` is not used in this file", alias.text)
          .fix(whole_lines(context, declaration.span), "");
    }
  }
}

}  // namespace aipol::lint
