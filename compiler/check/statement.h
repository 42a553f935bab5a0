// Statements of policies: a guard, and an effect with its arguments. What an effect's arguments are
// is in the file of its name, `effect_NAME.cpp`; plan/effects.def lists them.
#pragma once

#include <optional>

#include "compiler/check/clauses.h"
#include "compiler/check/expressions.h"

namespace aipol::check {

// One statement while it is checked. What is wrong is reported, and `failed` remembered.
class StatementCheck {
 public:
  StatementCheck(Checker& checker, const Scope& scope, const ast::Statement& statement,
                 const std::vector<ir::ExpressionPtr>& scopes,
                 std::vector<ir::ExpressionPtr> present);

  std::optional<ir::Statement> run();

  // For effect_*.cpp.
  Checker& checker;
  const ast::Statement& statement;
  Expressions expressions;
  Slots slots;
  ir::Statement out;
  plan::Phase latest;  // of the guard and what the effect is done with; the table's, unless the
                       // effect says another
  std::string_view reason;
  bool failed = false;

  void must_be_in(plan::Phase phase, std::string_view why) { latest = phase, reason = why; }

  // The value of a slot as an argument of that name, where it is given. A constant one is known
  // when the set is compiled; `what` says in a message what it is.
  ir::ExpressionPtr argument(std::string_view slot, TypePtr type);
  const plan::Constant* constant(std::string_view slot, TypePtr type, std::string_view what);
  // An integer constant of that type that lies within the bounds.
  void bounded(std::string_view slot, TypePtr type, std::string_view what, int64_t least,
               int64_t most);
  // A float constant from 0 to 1.
  void fraction(std::string_view slot, std::string_view what);
  // A glob that is known when the set is compiled.
  void glob(std::string_view slot);
  // Each of the slot's values, plain and of a type that can be a key.
  void keys(std::string_view slot);
  // A word of the syntax that was chosen, as an argument without values.
  void word(std::string_view name);
  void numbers(std::string name, const std::vector<int64_t>& values, Span span);
  void refusal(ast::ExpressionPtr message);
  // What must be true (or false) besides the guard for the statement to fire.
  void condition(ir::ExpressionPtr condition, bool wanted);

 private:
  ir::ExpressionPtr guard();
  void effect();
  void place_in_phases();
  void only_where_target();
  void before_any_response();
  // Reported where the expression reads what that phase does not know.
  void known_by(plan::Phase phase, ir::ExpressionPtr expression, std::string_view why);
  void no_target_in(ir::ExpressionPtr expression);
};

using CheckEffect = void (*)(StatementCheck&);
#define EFFECT(word, latest, why, syntax) void check_##word(StatementCheck& check);
#include "plan/effects.def"

// Shared by several effects: sinks in the slot `sinks`; detectors in a slot, which have a bound
// where they redact.
void check_sinks(StatementCheck& check);
void check_detectors_of(StatementCheck& check, std::string_view slot, bool redacts);

// The first phase in which everything the expression reads is known.
plan::Phase phase_of(const ir::PolicySet& set, ir::ExpressionPtr expression);
// What it reads that is known latest; null where that is everything from the start on.
ir::ExpressionPtr latest_read(const ir::PolicySet& set, ir::ExpressionPtr expression);

// Where it reads `target`; null where it does not.
ir::ExpressionPtr target_read(const ir::PolicySet& set, ir::ExpressionPtr expression);

// Whether a value of the type can be one of a meter's or cache's keys.
bool can_be_key(TypePtr type);

}  // namespace aipol::check
