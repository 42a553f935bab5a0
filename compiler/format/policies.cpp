#include <algorithm>

#include "compiler/format/formatter.h"

namespace aipol::format {

namespace {

bool is_condition(const ast::Scope& scope) {
  return std::holds_alternative<ast::WhenScope>(scope.node);
}

// First on its line the name could be a keyword.
bool begins_with_name(const ast::Expression& value) {
  if (const auto* binary = std::get_if<ast::Binary>(&value.node))
    return begins_with_name(*binary->left);
  if (const auto* range = std::get_if<ast::Range>(&value.node))
    return begins_with_name(*range->low);
  if (const auto* call = std::get_if<ast::Call>(&value.node))
    return begins_with_name(*call->callee);
  return std::holds_alternative<ast::Name>(value.node);
}

}  // namespace

void Formatter::declaration(const ast::PolicyDeclaration& policy) {
  for (const ast::Annotation& each : policy.annotations) {
    annotation(each);
    line(Rule::hard);
    comments();
    row().head = out_.size();
    row().parted = true;
  }
  take_words(policy.title ? 3 : 2);
  bool forced = is_several_lines() || policy.scopes.size() > 1 || policy.statements.size() > 1;
  if (!body("policy", {Shape::tall, true, forced})) return;
  bool has_condition = std::ranges::any_of(policy.scopes, is_condition);
  uint32_t body = out_.last_group();
  bool first = true;
  auto next = [&] {
    if (!std::exchange(first, false)) next_line();
    comments();
  };
  for (const ast::Scope& each : policy.scopes) {
    next();
    scope(each, has_condition ? body : Document::none);
  }
  for (const ast::Statement& each : policy.statements) {
    next();
    statement(each);
  }
  close(false);
}

void Formatter::annotation(const ast::Annotation& annotation) {
  take();
  take();
  if (at("(")) items(annotation.arguments);
}

// `on` is as wide as `when` where the body, a tall one, has both.
void Formatter::scope(const ast::Scope& scope, uint32_t body) {
  take();
  space();
  if (const auto* when = std::get_if<ast::WhenScope>(&scope.node))
    return expression(when->condition, Place::behind);
  if (body != Document::none) out_.pad_at(out_.pad(body)).width = 2;
  const auto& on = std::get<ast::OnScope>(scope.node);
  for (size_t i = 0; i < on.methods.size(); ++i) {
    take();
    space();
  }
  bool lines = true;
  for (size_t i = 1; i < on.glob_spans.size(); ++i)
    lines &= line_break_between(on.glob_spans[i - 1], on.glob_spans[i]);
  begin();
  out_.indent(true);
  for (size_t i = 0; i < on.globs.size(); ++i) {
    if (i > 0) {
      take();
      line(lines ? Rule::hard : Rule::filled);
    }
    take();
  }
  out_.outdent();
  end();
}

void Formatter::statement(const ast::Statement& statement) {
  begin();
  take();
  out_.indent();
  parts(statement.parts);
  condition(statement.condition);
  out_.outdent();
  end();
}

void Formatter::condition(ast::ExpressionPtr condition) {
  if (condition == nullptr) return;
  out_.line({.hugs = true});
  take();
  space();
  expression(condition, Place::behind);
}

// A line may break before each word but the first, and those that join two values.
void Formatter::parts(const std::vector<ast::Part>& parts, bool in_columns) {
  if (parts.empty()) return;
  begin();
  for (size_t i = 0; i < parts.size(); ++i) {
    bool clause = i > 0 && parts[i].is_word() && !at("=");
    if (clause) {
      line(Rule::filled);
    } else {
      space();
    }
    if (in_columns && clause && i < 4) column();
    if (parts[i].is_word()) {
      take();
    } else {
      values(parts[i].values);
    }
  }
  end();
}

void Formatter::values(const std::vector<ast::ExpressionPtr>& values) {
  kept_ = at_;
  if (values.size() == 1) return expression(values[0], Place::behind);
  bool lines = true;
  for (size_t i = 1; i < values.size(); ++i)
    lines &= line_break_between(values[i - 1]->span, values[i]->span);
  begin();
  out_.indent(true);
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) {
      take();
      if (!lines && begins_with_name(*values[i])) {
        space();
      } else {
        line(lines ? Rule::hard : Rule::filled);
      }
      kept_ = at_;
    }
    expression(values[i], Place::behind);
  }
  out_.outdent();
  end();
}

}  // namespace aipol::format
