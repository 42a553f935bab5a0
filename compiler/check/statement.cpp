#include <algorithm>

#include "compiler/check/statements.h"

namespace aipol::check {

using ir::ExpressionPtr;

namespace {

constexpr uint16_t default_status = 403;

class StatementCheck {
 public:
  StatementCheck(Checker& checker, const Scope& scope, const ast::Statement& statement,
                 const std::vector<ExpressionPtr>& scopes, std::vector<ExpressionPtr> present)
      : checker_(checker), statement_(statement), expressions_(checker, scope, std::move(present)) {
    out_.span = statement.effect_span;
    for (ExpressionPtr scope : scopes) out_.conditions.push_back({scope, true});
  }

  std::optional<ir::Statement> run() {
    if (statement_.condition != nullptr) narrow(expressions_.condition(statement_.condition));
    std::visit([this](const auto& effect) { this->effect(effect); }, statement_.effect);
    if (failed_) return std::nullopt;
    out_.guard = guard();
    out_.phase = phase_of(checker_.set, out_.guard);
    if (out_.message != nullptr)
      out_.phase = std::max(out_.phase, phase_of(checker_.set, out_.message));
    return out_;
  }

 private:
  void narrow(ExpressionPtr condition) {
    if (condition == nullptr) {
      failed_ = true;
      return;
    }
    expressions_.assume(condition, true);
    out_.conditions.push_back({condition, true});
  }

  ExpressionPtr guard() {
    ExpressionPtr whole = checker_.build.boolean(true, out_.span);
    for (const ir::Condition& condition : out_.conditions) {
      ExpressionPtr part = condition.expression;
      if (!condition.wanted) part = checker_.build.negation(part, part->span);
      whole = checker_.build.conjunction(whole, part, part->span);
    }
    return whole;
  }

  void effect(const ast::AllowEffect&) { out_.effect = plan::Effect::allow; }

  void effect(const ast::DenyEffect& deny) {
    out_.effect = plan::Effect::deny;
    refusal(deny.status, deny.message);
  }

  void effect(const ast::RequireEffect& require) {
    out_.effect = plan::Effect::require;
    ExpressionPtr condition = expressions_.condition(require.condition);
    if (condition == nullptr) {
      failed_ = true;
      return;
    }
    // The message is for requests of which the condition is false.
    expressions_.assume(condition, false);
    refusal(require.status, require.message);
    out_.conditions.push_back({condition, false});
  }

  void refusal(ast::ExpressionPtr status, ast::ExpressionPtr message) {
    out_.status = default_status;
    if (status != nullptr) {
      const plan::Constant* value =
          expressions_.constant(status, checker_.simple(Kind::integer), "the status");
      int64_t number = value == nullptr ? default_status : std::get<int64_t>(*value);
      if (number < 400 || number > 599) {
        checker_.report(status->span, diagnostics::bad_status, number)
            .underline("a refusal is 400 to 599");
        failed_ = true;
      }
      failed_ = failed_ || value == nullptr;
      out_.status = static_cast<uint16_t>(number);
    }
    if (message == nullptr) return;
    out_.message = expressions_.plain(message, checker_.simple(Kind::string));
    failed_ = failed_ || out_.message == nullptr;
  }

  Checker& checker_;
  const ast::Statement& statement_;
  Expressions expressions_;
  ir::Statement out_;
  bool failed_ = false;
};

}  // namespace

std::optional<ir::Statement> check_statement(Checker& checker, const Scope& scope,
                                             const ast::Statement& statement,
                                             const std::vector<ExpressionPtr>& scopes,
                                             std::vector<ExpressionPtr> present) {
  return StatementCheck(checker, scope, statement, scopes, std::move(present)).run();
}

plan::Phase phase_of(const ir::PolicySet& set, ExpressionPtr expression) {
  plan::Phase phase = plan::Phase::head;
  if (const auto* source = std::get_if<ir::SourceRef>(&expression->payload))
    phase = set.sources[source->source].phase;
  for (ExpressionPtr argument : expression->arguments)
    phase = std::max(phase, phase_of(set, argument));
  return phase;
}

}  // namespace aipol::check
