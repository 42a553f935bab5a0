// Invariants: what must never, or always, be decided. compiler/prove proves them.
#include <algorithm>

#include "compiler/check/statement.h"

namespace aipol::check {

namespace {

// Whether a rule says something of requests that somebody gets: only those have a target.
bool is_about_sent(const ast::InvariantDeclaration::Rule& rule) {
  std::string_view effect = rule.effect.text;
  if (effect == "allow" || effect == "route") return rule.never;
  if (effect == "deny") return !rule.never;
  return effect != "require";
}

void no_target_in(Checker& checker, const ast::InvariantDeclaration::Rule& rule,
                  ir::ExpressionPtr condition) {
  ir::ExpressionPtr read = is_about_sent(rule) ? nullptr : target_read(checker.set, condition);
  if (read == nullptr) return;
  checker
      .report(read->span, diagnostics::target_of_none, rule.never ? "never" : "always",
              rule.effect.text, checker.text(read->span))
      .help("say which requests are never sent: `never route when …`");
}

}  // namespace

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
        no_target_in(checker, rule, condition);
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
