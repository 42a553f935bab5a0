// Pools, and the targets that routes name.
#include <algorithm>

#include "compiler/check/target.h"

namespace aipol::check {

std::optional<uint32_t> model_named(Checker& checker, const std::string& name, Span span) {
  const std::vector<plan::Model>& models = checker.set.deployment.models;
  auto found = std::ranges::find(models, name, &plan::Model::name);
  if (found != models.end()) return static_cast<uint32_t>(found - models.begin());
  std::vector<std::string> known;
  for (const plan::Model& model : models) known.push_back(model.name);
  checker.report(span, diagnostics::not_a_target, name).suggest(name, known);
  return std::nullopt;
}

bool read_targets(Checker& checker, const Scope& scope, ast::ExpressionPtr expression,
                  std::vector<Target>& out) {
  if (const auto* weighted = std::get_if<ast::Weighted>(&expression->node)) {
    if (weighted->word.text != "weight") {
      checker.report(weighted->word.span, diagnostics::syntax_error, "`weight`",
                     "`" + std::string(weighted->word.text) + "`");
      return false;
    }
    size_t first = out.size();
    const plan::Constant* weight =
        Expressions(checker, scope)
            .constant(weighted->weight, checker.simple(Kind::integer), "a weight");
    if (!read_targets(checker, scope, weighted->item, out) || weight == nullptr) return false;
    if (std::get<int64_t>(*weight) < 0 || std::get<int64_t>(*weight) > 1'000'000) {
      checker.report(weighted->weight->span, diagnostics::bad_setting,
                     checker.text(weighted->weight->span), "is not a weight from 0 to 1000000");
      return false;
    }
    for (size_t i = first; i < out.size(); ++i) out[i].weight = std::get<int64_t>(*weight);
    return true;
  }
  Expressions expressions(checker, scope);
  if (const ast::Symbol* symbol = expressions.symbol(expression)) {
    const auto* list = std::get_if<ast::ListDeclaration>(&symbol->declaration->node);
    if (list != nullptr && list->keyword.text == "pool") {
      const std::vector<Target>* pool = checker.pool(*symbol->declaration, symbol->file);
      if (pool != nullptr) out.insert(out.end(), pool->begin(), pool->end());
      return pool != nullptr;
    }
  }
  Macro behind = expressions.literal_behind(expression);
  if (const auto* list = std::get_if<ast::List>(&behind.expression->node)) {
    return std::ranges::all_of(list->items, [&](ast::ExpressionPtr item) {
      return read_targets(checker, *behind.scope, item, out);
    });
  }
  if (const auto* text = std::get_if<ast::StringLiteral>(&behind.expression->node)) {
    std::optional<uint32_t> model = model_named(checker, text->value, expression->span);
    if (model) out.push_back({*model, std::nullopt});
    return model.has_value();
  }
  checker.report(expression->span, diagnostics::not_a_target, checker.text(expression->span))
      .help("name a model in quotes: `\"gpt-4o\"`");
  return false;
}

const std::vector<Target>* Checker::pool(const ast::Declaration& declaration, FileId file) {
  if (auto known = pools.find(&declaration); known != pools.end())
    return known->second ? &*known->second : nullptr;
  const auto& list = std::get<ast::ListDeclaration>(declaration.node);
  if (!in_progress.insert(&declaration).second) {
    report(list.name.span, diagnostics::recursive_definition, list.name.text);
    return nullptr;
  }
  Scope scope{file, nullptr, {}, false};
  std::vector<Target> targets;
  bool good = !list.members.items.empty();
  if (!good) report(list.members_span, diagnostics::bad_setting, list.name.text, "has no members");
  constexpr size_t most = 1000;
  for (ast::ExpressionPtr item : list.members.items) {
    good = read_targets(*this, scope, item, targets) && good;
    if (targets.size() <= most) continue;
    report(list.members_span, diagnostics::too_complex);
    good = false;
    break;
  }
  in_progress.erase(&declaration);
  auto& pool = pools[&declaration];
  if (good) pool = std::move(targets);
  return pool ? &*pool : nullptr;
}

void check_pools(Checker& checker) {
  for (const ast::Tree& tree : checker.trees) {
    for (const ast::Declaration& declaration : tree.declarations) {
      const auto* list = std::get_if<ast::ListDeclaration>(&declaration.node);
      if (list != nullptr && list->keyword.text == "pool") checker.pool(declaration, tree.file);
    }
  }
}

}  // namespace aipol::check
