#include <algorithm>
#include <tuple>

#include "compiler/lint/walk.h"
#include "mutation/mutant.h"

namespace aipol::mutation {

namespace {

struct Kind {
  std::string_view name;
  void (*add)(const Subject&, Mutants&);
};
constexpr Kind kinds[] = {
#define MUTATION(name, function, summary) {name, function},
#include "mutation/kinds.def"
#undef MUTATION
};

bool disabled(const ast::PolicyDeclaration& policy) {
  return lint::annotation_of(policy, "disabled") != nullptr;
}

void add_policy(const ast::PolicyDeclaration& policy, Subject& subject) {
  if (disabled(policy)) return;
  subject.policies.push_back(&policy);
  for (const ast::Scope& scope : policy.scopes) {
    if (const auto* when = std::get_if<ast::WhenScope>(&scope.node))
      subject.guards.push_back(when->condition);
  }
  for (const ast::Statement& statement : policy.statements) {
    if (statement.effect.text == "require" && !statement.parts.empty() &&
        !statement.parts[0].is_word())
      subject.guards.push_back(statement.parts[0].values[0]);
    for (ast::ExpressionPtr where : lint::values_after(statement.parts, "where"))
      subject.guards.push_back(where);
    if (statement.condition != nullptr) subject.guards.push_back(statement.condition);
  }
}

// A function that answers yes or no decides for the guards that call it.
void add_function(const ast::FunctionDeclaration& function, Subject& subject) {
  if (function.body != nullptr && function.result.name.text == "bool")
    subject.guards.push_back(function.body);
}

}  // namespace

const std::vector<std::string>& kind_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Kind& kind : kinds) all.emplace_back(kind.name);
    return all;
  }();
  return names;
}

Mutants mutants_of(const source::Files& files, const std::vector<ast::Tree>& trees) {
  Subject subject{files, {}, {}};
  for (const ast::Tree& tree : trees) {
    if (files[tree.file].builtin()) continue;
    for (const ast::Declaration& declaration : tree.declarations) {
      if (const auto* policy = std::get_if<ast::PolicyDeclaration>(&declaration.node))
        add_policy(*policy, subject);
      if (const auto* function = std::get_if<ast::FunctionDeclaration>(&declaration.node))
        add_function(*function, subject);
    }
  }
  Mutants all;
  for (const Kind& kind : kinds) {
    size_t before = all.size();
    kind.add(subject, all);
    for (size_t i = before; i < all.size(); ++i) all[i].kind = kind.name;
  }
  std::ranges::stable_sort(all, {}, [](const Mutant& mutant) {
    return std::tuple(mutant.span.file, mutant.span.begin, mutant.span.end);
  });
  return all;
}

}  // namespace aipol::mutation
