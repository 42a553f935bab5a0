// A field of the principal that no identity of the set can give: it has its default for everybody.
#include <algorithm>
#include <set>

#include "compiler/lint/walk.h"

namespace aipol::lint {

namespace {

// What tokens and certificates say without a mapping, and what the gateway knows itself.
bool always_given(std::string_view field) {
  constexpr std::string_view fields[] = {"id", "kind", "method", "expires"};
  return std::ranges::find(fields, field) != std::end(fields);
}

class Look {
 public:
  explicit Look(Context& context) : context_(context) {
    for (const plan::Identity& identity : context.subject.set.deployment.identities) {
      known_ = known_ && identity.kind != "api_key";  // what keys say is in their file
      for (const auto& mapping : identity.map) given_.insert(mapping.field);
      some_ = true;
    }
  }

  void run() {
    if (!some_ || !known_) return;
    for (const ast::Tree* tree : context_.own_trees()) {
      for (const ast::Declaration& declaration : tree->declarations) {
        bool decides = !std::holds_alternative<ast::TestDeclaration>(declaration.node) &&
                       !std::holds_alternative<ast::InvariantDeclaration>(declaration.node);
        if (decides) look_at(declaration);
      }
    }
  }

 private:
  void look_at(const ast::Declaration& declaration) {
    std::set<std::string_view> callers = {"principal"};
    if (const auto* function = std::get_if<ast::FunctionDeclaration>(&declaration.node)) {
      for (const ast::Parameter& parameter : function->parameters) {
        if (parameter.type.name.text == "principal") callers.insert(parameter.name.text);
      }
    }
    for (ExpressionPtr root : expressions_of(declaration)) {
      each_within(root, [&](const ast::Expression& expression) {
        const auto* field = std::get_if<ast::Field>(&expression.node);
        const auto* object =
            field == nullptr ? nullptr : std::get_if<ast::Name>(&field->object->node);
        if (object != nullptr && callers.contains(object->text)) read(field->name);
      });
    }
  }

  void read(const ast::Identifier& field) {
    bool is_field =
        types::find(context_.subject.set.schema.object("principal")->fields, field.text) != nullptr;
    if (!is_field || always_given(field.text) || given_.contains(std::string(field.text))) return;
    if (!told_.insert(field.text).second) return;
    context_
        .report(field.span, "no identity says what `{}` is: it has its default for everybody",
                field.text)
        .help("map it: `map: {{ {}: … }}` in an identity", field.text);
  }

  Context& context_;
  std::set<std::string, std::less<>> given_;
  std::set<std::string_view> told_;
  bool known_ = true, some_ = false;
};

}  // namespace

void unmapped_field(Context& context) { Look(context).run(); }

}  // namespace aipol::lint
