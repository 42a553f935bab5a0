#include "compiler/check/statement.h"

#include <algorithm>

namespace aipol::check {

using ir::ExpressionPtr;
using plan::Effect;
using plan::Phase;

namespace {

constexpr CheckEffect effect_checks[] = {
#define EFFECT(word, latest, why, syntax) check_##word,
#include "plan/effects.def"
};

std::optional<Effect> effect_named(std::string_view word) {
  auto found = std::ranges::find(plan::effect_names, word);
  if (found == std::end(plan::effect_names)) return std::nullopt;
  return static_cast<Effect>(found - std::begin(plan::effect_names));
}

const ir::Source* source_of(const ir::PolicySet& set, ExpressionPtr expression) {
  const auto* read = std::get_if<ir::SourceRef>(&expression->payload);
  return read == nullptr ? nullptr : &set.sources[read->source];
}

}  // namespace

StatementCheck::StatementCheck(Checker& checker_, const Scope& scope,
                               const ast::Statement& statement_,
                               const std::vector<ExpressionPtr>& scopes,
                               std::vector<ExpressionPtr> present)
    : checker(checker_),
      statement(statement_),
      expressions(checker_, scope, std::move(present)),
      latest(Phase::end) {
  out.span = statement.effect.span;
  for (ExpressionPtr part : scopes) out.conditions.push_back({part, true});
}

std::optional<ir::Statement> StatementCheck::run() {
  if (statement.condition != nullptr) {
    ExpressionPtr when = expressions.condition(statement.condition);
    failed = when == nullptr;
    if (when != nullptr) condition(when, true);
    if (when != nullptr) expressions.assume(when, true);
  }
  effect();
  if (failed) return std::nullopt;
  out.guard = guard();
  place_in_phases();
  if (failed) return std::nullopt;
  return std::move(out);
}

void StatementCheck::effect() {
  std::optional<Effect> found = effect_named(statement.effect.text);
  out.effect = *found;
  auto number = static_cast<size_t>(*found);
  must_be_in(plan::effect_latest[number], plan::effect_reason[number]);
  std::optional<Slots> matched =
      match_clauses(checker, statement.effect.text, statement.effect.span,
                    plan::effect_syntax[number], statement.parts);
  if (!matched) {
    failed = true;
    return;
  }
  slots = std::move(*matched);
  effect_checks[number](*this);
}

void StatementCheck::condition(ExpressionPtr condition, bool wanted) {
  out.conditions.push_back({condition, wanted});
}

ExpressionPtr StatementCheck::guard() {
  ExpressionPtr whole = checker.build.boolean(true, out.span);
  for (const ir::Condition& condition : out.conditions) {
    ExpressionPtr part = condition.expression;
    if (!condition.wanted) part = checker.build.negation(part, part->span);
    whole = checker.build.conjunction(whole, part, part->span);
  }
  return whole;
}

// A statement runs as soon as all that it reads is known; what its effect comes too late for is a
// mistake.
void StatementCheck::place_in_phases() {
  std::vector<ExpressionPtr> read = {out.guard};
  if (out.message != nullptr) read.push_back(out.message);
  for (const ir::Argument& argument : out.arguments) {
    if (argument.name == "where") continue;  // of each candidate, once there are any
    for (ExpressionPtr value : argument.values) read.push_back(value);
  }
  only_where_target();
  before_any_response();
  for (ExpressionPtr expression : read) {
    if (failed) return;
    out.phase = std::max(out.phase, phase_of(checker.set, expression));
    known_by(latest, expression, reason);
  }
}

// What is read of each candidate is no part of what is said of the whole request.
void StatementCheck::only_where_target() {
  for (const ir::Condition& condition : out.conditions) {
    if (out.effect != Effect::require || condition.wanted) no_target_in(condition.expression);
  }
  for (const ir::Argument& argument : out.arguments) {
    if (argument.name == "where") continue;
    for (ExpressionPtr value : argument.values) no_target_in(value);
  }
  if (out.message != nullptr) no_target_in(out.message);
}

void StatementCheck::no_target_in(ExpressionPtr expression) {
  ExpressionPtr read = failed ? nullptr : target_read(checker.set, expression);
  if (read == nullptr) return;
  checker.report(read->span, diagnostics::target_outside, checker.text(read->span))
      .label(statement.effect.span, "`{}` is about the whole request", statement.effect.text)
      .help("say it of the candidates: `require {} …`, or in the `where` of a `route`",
            checker.text(read->span));
  failed = true;
}

// What chooses among candidates is asked while there is nothing but candidates.
void StatementCheck::before_any_response() {
  constexpr std::string_view why = "the target is chosen before any response";
  for (const ir::Argument& argument : out.arguments) {
    if (argument.name != "where") continue;
    for (ExpressionPtr value : argument.values) known_by(Phase::target, value, why);
  }
  for (const ir::Condition& condition : out.conditions) {
    if (target_read(checker.set, condition.expression) != nullptr) must_be_in(Phase::target, why);
  }
}

void StatementCheck::known_by(Phase phase, ExpressionPtr expression, std::string_view why) {
  ExpressionPtr late = failed ? nullptr : latest_read(checker.set, expression);
  if (late == nullptr || source_of(checker.set, late)->phase <= phase) return;
  Phase known = source_of(checker.set, late)->phase;
  checker
      .report(late->span, diagnostics::known_too_late, statement.effect.text,
              checker.text(late->span))
      .underline("exists from phase `{}` on", plan::phase_names[static_cast<size_t>(known)])
      .label(statement.effect.span, "{}", why);
  failed = true;
}

ExpressionPtr StatementCheck::argument(std::string_view slot, TypePtr type) {
  ast::ExpressionPtr given = slots.value(slot);
  if (given == nullptr) return nullptr;
  ExpressionPtr value = expressions.plain(given, type);
  failed = failed || value == nullptr;
  if (value != nullptr) out.arguments.push_back({std::string(slot), {value}});
  return value;
}

const plan::Constant* StatementCheck::constant(std::string_view slot, TypePtr type,
                                               std::string_view what) {
  ast::ExpressionPtr given = slots.value(slot);
  if (given == nullptr) return nullptr;
  ExpressionPtr value = expressions.plain(given, type);
  if (value != nullptr && value->constant() == nullptr)
    checker.report(given->span, diagnostics::not_constant, what);
  if (value == nullptr || value->constant() == nullptr) {
    failed = true;
    return nullptr;
  }
  out.arguments.push_back({std::string(slot), {value}});
  return value->constant();
}

void StatementCheck::bounded(std::string_view slot, TypePtr type, std::string_view what,
                             int64_t least, int64_t most) {
  const plan::Constant* value = constant(slot, type, what);
  if (value == nullptr) return;
  int64_t number = std::get<int64_t>(*value);
  if (number >= least && number <= most) return;
  checker
      .report(slots.value(slot)->span, diagnostics::bad_setting,
              checker.text(slots.value(slot)->span),
              number < least ? "is too small" : "is too large")
      .underline("{}", what);
  failed = true;
}

void StatementCheck::fraction(std::string_view slot, std::string_view what) {
  const plan::Constant* value = constant(slot, checker.simple(Kind::real), what);
  if (value == nullptr || (std::get<double>(*value) >= 0 && std::get<double>(*value) <= 1)) return;
  checker
      .report(slots.value(slot)->span, diagnostics::bad_setting,
              checker.text(slots.value(slot)->span), "is not between 0% and 100%")
      .underline("{}", what);
  failed = true;
}

void StatementCheck::glob(std::string_view slot) {
  const plan::Constant* value = constant(slot, checker.simple(Kind::string), "the glob");
  if (value == nullptr || !std::get<std::string>(*value).empty()) return;
  checker.report(slots.value(slot)->span, diagnostics::bad_text, "", "glob");
  failed = true;
}

void StatementCheck::keys(std::string_view slot) {
  ir::Argument argument{std::string(slot), {}};
  for (ast::ExpressionPtr key : slots.values(slot)) {
    ExpressionPtr value = expressions.plain(key);
    failed = failed || value == nullptr;
    if (value == nullptr) continue;
    if (!can_be_key(value->type)) {
      checker.report(key->span, diagnostics::operand_type, "by", value->type->name);
      failed = true;
    }
    argument.values.push_back(value);
  }
  out.arguments.push_back(std::move(argument));
}

void StatementCheck::word(std::string_view name) {
  if (slots.has(name)) out.arguments.push_back({std::string(name), {}});
}

void StatementCheck::numbers(std::string name, const std::vector<int64_t>& values, Span span) {
  ir::Argument argument{std::move(name), {}};
  for (int64_t value : values)
    argument.values.push_back(checker.build.constant(checker.simple(Kind::integer), value, span));
  out.arguments.push_back(std::move(argument));
}

// The status and the message of a refusal.
void StatementCheck::refusal(ast::ExpressionPtr message) {
  constexpr uint16_t default_status = 403;
  out.status = default_status;
  if (ast::ExpressionPtr status = slots.value("status")) {
    int64_t number = std::get<ast::IntLiteral>(status->node).value;
    if (number < 400 || number > 599) {
      checker.report(status->span, diagnostics::bad_status, number)
          .underline("a refusal is 400 to 599");
      failed = true;
    }
    out.status = static_cast<uint16_t>(number);
  }
  if (message == nullptr) return;
  out.message = expressions.plain(message, checker.simple(Kind::string));
  failed = failed || out.message == nullptr;
}

ExpressionPtr target_read(const ir::PolicySet& set, ExpressionPtr expression) {
  const ir::Source* source = source_of(set, expression);
  if (source != nullptr && source->path.starts_with("target.")) return expression;
  for (ExpressionPtr argument : expression->arguments) {
    if (ExpressionPtr found = target_read(set, argument)) return found;
  }
  return nullptr;
}

ExpressionPtr latest_read(const ir::PolicySet& set, ExpressionPtr expression) {
  const ir::Source* own = source_of(set, expression);
  ExpressionPtr latest = own != nullptr && own->phase > Phase::head ? expression : nullptr;
  for (ExpressionPtr argument : expression->arguments) {
    ExpressionPtr other = latest_read(set, argument);
    if (other != nullptr &&
        (latest == nullptr || source_of(set, other)->phase > source_of(set, latest)->phase))
      latest = other;
  }
  return latest;
}

Phase phase_of(const ir::PolicySet& set, ExpressionPtr expression) {
  ExpressionPtr latest = latest_read(set, expression);
  return latest == nullptr ? Phase::head : source_of(set, latest)->phase;
}

bool can_be_key(TypePtr type) {
  constexpr Kind kinds[] = {Kind::boolean, Kind::integer,     Kind::string, Kind::duration,
                            Kind::time,    Kind::clock,       Kind::date,   Kind::ip,
                            Kind::usd,     Kind::enumeration, Kind::real};
  return std::ranges::find(kinds, type->kind) != std::end(kinds);
}

}  // namespace aipol::check
