// A declared name that nothing else names: constants, functions, types, meters, detectors, groups,
// pools, sinks and documents of the set, attributes that no expression reads.
#include <set>

#include "base/overloaded.h"
#include "compiler/lint/walk.h"

namespace aipol::lint {

namespace {

struct Declared {
  std::string_view what;
  ast::Identifier name;
  bool removable;  // nothing outside the policies can notice that it is gone
};

std::optional<Declared> declared(const ast::Declaration& declaration) {
  using Found = std::optional<Declared>;
  return std::visit(
      Overloaded{
          [](const ast::ConstDeclaration& d) -> Found {
            return Declared{"constant", d.name, true};
          },
          [](const ast::FunctionDeclaration& d) -> Found {
            return Declared{"function", d.name, true};
          },
          [](const ast::EnumDeclaration& d) -> Found {
            if (d.name.text == "Region" || d.name.text == "Tier") return {};  // closes an open one
            return Declared{"enum", d.name, true};
          },
          [](const ast::RecordDeclaration& d) -> Found { return Declared{"record", d.name, true}; },
          [](const ast::MeterDeclaration& d) -> Found { return Declared{"meter", d.name, false}; },
          [](const ast::DetectorDeclaration& d) -> Found {
            return Declared{"detector", d.name, true};
          },
          [](const ast::ListDeclaration& d) -> Found {
            if (d.name.text == "all") return {};  // stands for its package
            return Declared{d.keyword.text, d.name, true};
          },
          [](const ast::DataDeclaration& d) -> Found {
            return Declared{"document", d.name, false};
          },
          [](const ast::BlockDeclaration& d) -> Found {
            if (d.keyword.text != "sink" && d.keyword.text != "classifier") return {};
            return Declared{d.keyword.text, *d.name, false};
          },
          [](const auto&) -> Found { return {}; },
      },
      declaration.node);
}

using Words = std::set<std::string_view>;

void add(Words& words, const ast::TypeName& type) {
  words.insert(type.name.text);
  for (const ast::TypeName& argument : type.arguments) add(words, argument);
}

void add_types(Words& words, const ast::Declaration& declaration) {
  auto fields = [&](const auto& d) {
    for (const ast::FieldDeclaration& field : d.fields) add(words, field.type);
  };
  std::visit(Overloaded{
                 [&](const ast::ConstDeclaration& d) {
                   if (d.type) add(words, *d.type);
                 },
                 [&](const ast::RecordDeclaration& d) { fields(d); },
                 [&](const ast::ExtendDeclaration& d) { fields(d); },
                 [&](const ast::FunctionDeclaration& d) {
                   for (const ast::Parameter& parameter : d.parameters) add(words, parameter.type);
                   add(words, d.result);
                 },
                 [&](const ast::PromptDeclaration& d) {
                   for (const ast::Parameter& parameter : d.parameters) add(words, parameter.type);
                 },
                 [&](const ast::DataDeclaration& d) { add(words, d.type); },
                 [&](const ast::TestDeclaration& d) {
                   for (const ast::TestStep& step : d.steps) {
                     if (const auto* given = std::get_if<ast::GivenDataStep>(&step.node))
                       words.insert(given->name.text);
                   }
                 },
                 [](const auto&) {},
             },
             declaration.node);
}

// Every name and field that is written in the set; what a name means is not asked, so that nothing
// that is used is ever called unused.
Words words_of(const Context& context) {
  Words words;
  for (const ast::Tree* tree : context.own_trees()) {
    for (const ast::Declaration& declaration : tree->declarations) add_types(words, declaration);
  }
  each_node<ast::Name>(context,
                       [&](const auto&, const ast::Name& name) { words.insert(name.text); });
  each_node<ast::Field>(context,
                        [&](const auto&, const ast::Field& f) { words.insert(f.name.text); });
  return words;
}

void attributes(Context& context, const Words& words, const ast::ExtendDeclaration& extend) {
  const std::vector<ast::Symbol>* found =
      context.subject.symbols.in_package(ast::prelude, extend.object.text);
  if (found == nullptr) return;
  const auto* object = std::get_if<ast::ObjectDeclaration>(&found->front().declaration->node);
  if (object == nullptr) return;
  std::set<std::string_view> native;
  for (const ast::FieldDeclaration& field : object->fields) native.insert(field.name.text);
  for (const ast::FieldDeclaration& field : extend.fields) {
    if (words.contains(field.name.text) || native.contains(field.name.text)) continue;
    context.report(field.name.span, "the attribute `{}.{}` is never read", extend.object.text,
                   field.name.text);
  }
}

}  // namespace

void unused_declaration(Context& context) {
  Words words = words_of(context);
  for (const ast::Tree* tree : context.own_trees()) {
    for (const ast::Declaration& declaration : tree->declarations) {
      if (const auto* extend = std::get_if<ast::ExtendDeclaration>(&declaration.node))
        attributes(context, words, *extend);
      std::optional<Declared> found = declared(declaration);
      if (!found || words.contains(found->name.text)) continue;
      Diagnostic& diagnostic = context.report(found->name.span, "the {} `{}` is not used",
                                              found->what, found->name.text);
      if (found->removable) diagnostic.fix(whole_lines(context, declaration.span), "");
    }
  }
}

}  // namespace aipol::lint
