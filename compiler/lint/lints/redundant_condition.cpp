// `a and a`, `a or a`, and a `when` that repeats its policy's.
#include <set>

#include "base/text.h"
#include "compiler/lint/walk.h"

namespace aipol::lint {

namespace {

struct Operand {
  ExpressionPtr expression, before;  // `before`: the operand in front of it, or null
};

// The operands of a chain of one operator, in their order.
void flatten(ExpressionPtr expression, ast::BinaryOperator op, std::vector<Operand>& out) {
  const auto* binary = std::get_if<ast::Binary>(&expression->node);
  if (binary == nullptr || binary->op != op) {
    out.push_back({expression, out.empty() ? nullptr : out.back().expression});
    return;
  }
  flatten(binary->left, op, out);
  flatten(binary->right, op, out);
}

bool is_logical(const ast::Expression& expression) {
  const auto* binary = std::get_if<ast::Binary>(&expression.node);
  return binary != nullptr && (binary->op == ast::BinaryOperator::logical_and ||
                               binary->op == ast::BinaryOperator::logical_or);
}

void chain(Context& context, ExpressionPtr expression, std::set<std::string> known) {
  const auto& binary = std::get<ast::Binary>(expression->node);
  std::vector<Operand> operands;
  flatten(expression, binary.op, operands);
  for (const Operand& operand : operands) {
    Span span = operand.expression->span;
    if (known.insert(on_one_line(context.text(span))).second) continue;
    Diagnostic& diagnostic = context.report(span, "this is said before");
    if (operand.before == nullptr) continue;
    std::string_view between = context.text({span.file, operand.before->span.end, span.begin});
    // Only the operator may go with it, no comment and no bracket.
    if (on_one_line(between).find_first_not_of(" andor") == std::string::npos)
      diagnostic.fix({span.file, operand.before->span.end, span.end}, "");
  }
}

void each_chain(Context& context, ExpressionPtr expression, ExpressionPtr above) {
  if (expression == nullptr) return;
  if (is_logical(*expression)) {
    bool inner =
        above != nullptr && is_logical(*above) &&
        std::get<ast::Binary>(above->node).op == std::get<ast::Binary>(expression->node).op;
    if (!inner) chain(context, expression, {});
  }
  for (ExpressionPtr part : parts_of(*expression)) each_chain(context, part, expression);
}

}  // namespace

void redundant_condition(Context& context) {
  for (const ast::Tree* tree : context.own_trees()) {
    for (const ast::Declaration& declaration : tree->declarations) {
      for (ExpressionPtr root : expressions_of(declaration)) each_chain(context, root, nullptr);
    }
  }
  each_statement(context, "", [&](const auto& policy, const ast::Statement& statement) {
    if (statement.condition == nullptr) return;
    std::string text = on_one_line(context.text(statement.condition->span));
    for (const ast::Scope& scope : policy.scopes) {
      const auto* when = std::get_if<ast::WhenScope>(&scope.node);
      if (when == nullptr || on_one_line(context.text(when->condition->span)) != text) continue;
      context.report(statement.condition->span, "the policy's own `when` says this already")
          .label(when->condition->span, "here");
    }
  });
}

}  // namespace aipol::lint
