// Invariants: what must never, or always, be decided. compiler/prove proves them.
#include <algorithm>

#include "compiler/check/statement.h"

namespace aipol::check {

void check_invariants(Checker& checker) {
  for (const ast::Tree& tree : checker.trees) {
    for (const ast::Declaration& declaration : tree.declarations) {
      const auto* invariant = std::get_if<ast::InvariantDeclaration>(&declaration.node);
      if (invariant == nullptr) continue;
      ir::Invariant out{std::string(invariant->name.text), invariant->name.span, {}};
      for (const auto& rule : invariant->rules) {
        auto effect = std::ranges::find(plan::effect_names, rule.effect.text);
        Scope scope{tree.file, nullptr, {}, false};
        ir::ExpressionPtr condition = rule.condition == nullptr
                                          ? checker.build.boolean(true, rule.span)
                                          : Expressions(checker, scope).condition(rule.condition);
        if (condition == nullptr) continue;
        out.rules.push_back({rule.never,
                             static_cast<plan::Effect>(effect - std::begin(plan::effect_names)),
                             condition, rule.span});
      }
      if (invariant->rules.empty())
        checker.report(invariant->name.span, diagnostics::empty_invariant, invariant->name.text);
      checker.set.invariants.push_back(std::move(out));
    }
  }
}

}  // namespace aipol::check
