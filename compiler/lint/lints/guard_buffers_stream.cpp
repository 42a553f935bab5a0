// A guard on the text of an answer that may become false again as the text grows: the answer is
// held back whole, so that nothing is streamed.
#include <algorithm>

#include "compiler/lint/walk.h"

namespace aipol::lint {

namespace {

using Op = ast::BinaryOperator;

bool is_text(const ast::Expression& expression) { return dotted(expression) == "response.text"; }

bool reads_text(ExpressionPtr expression) {
  bool found = false;
  each_within(expression, [&](const ast::Expression& part) { found = found || is_text(part); });
  return found;
}

class Growth {
 public:
  // The first part that can turn false as the text grows (or true, where `rises` is false); null:
  // there is none.
  ExpressionPtr culprit(ExpressionPtr expression, bool rises) const {
    if (!reads_text(expression)) return nullptr;
    if (const auto* unary = std::get_if<ast::Unary>(&expression->node);
        unary != nullptr && unary->op == ast::UnaryOperator::logical_not)
      return culprit(unary->operand, !rises);
    if (const auto* call = std::get_if<ast::Call>(&expression->node))
      return rises && grows(*call) ? nullptr : expression;
    const auto* binary = std::get_if<ast::Binary>(&expression->node);
    if (binary == nullptr) return expression;
    if (binary->op == Op::logical_and || binary->op == Op::logical_or) {
      ExpressionPtr left = culprit(binary->left, rises);
      return left != nullptr ? left : culprit(binary->right, rises);
    }
    return comparison(*binary, rises) ? nullptr : expression;
  }

 private:
  // `response.text.contains(…)`, `d.hit(response.text)`, `.count`, `.score`, `.length`: never less.
  static bool grows(const ast::Call& call) {
    const auto* method = std::get_if<ast::Field>(&call.callee->node);
    if (method == nullptr) return false;
    constexpr std::string_view of_text[] = {"contains", "starts_with"};
    constexpr std::string_view of_detector[] = {"hit", "count", "score"};
    auto among = [&](auto& names) {
      return std::ranges::find(names, method->name.text) != std::end(names);
    };
    if (is_text(*method->object)) return among(of_text);
    bool argument = call.arguments.size() == 1 && is_text(*call.arguments[0]);
    return argument && among(of_detector);
  }

  static bool is_growing_number(const ast::Expression& expression) {
    const auto* call = std::get_if<ast::Call>(&expression.node);
    const auto* field = std::get_if<ast::Field>(&expression.node);
    if (field != nullptr) return field->name.text == "length" && is_text(*field->object);
    return call != nullptr && grows(*call);
  }

  static bool comparison(const ast::Binary& binary, bool rises) {
    bool more = binary.op == Op::greater || binary.op == Op::greater_equal;
    bool less = binary.op == Op::less || binary.op == Op::less_equal;
    if (is_growing_number(*binary.left)) return rises ? more : less;
    if (is_growing_number(*binary.right)) return rises ? less : more;
    if (binary.op != Op::matches || !is_text(*binary.left) || !rises) return false;
    const std::string* pattern = literal_text(*binary.right);
    constexpr std::string_view looks_ahead[] = {"$", "\\b", "\\B", "\\z"};
    return pattern != nullptr && std::ranges::none_of(looks_ahead, [&](std::string_view part) {
             return pattern->find(part) != std::string::npos;
           });
  }
};

}  // namespace

void guard_buffers_stream(Context& context) {
  auto report = [&](ExpressionPtr condition, bool rises) {
    ExpressionPtr culprit = condition == nullptr ? nullptr : Growth().culprit(condition, rises);
    if (culprit == nullptr) return;
    context.report(culprit->span, "answers are held back whole for this, streams too")
        .help(
            "a guard that can only turn true as text grows lets it flow: `contains`, `matches` "
            "without `$`, `hit`, a score of at least something");
  };
  each_statement(context, "", [&](const auto& policy, const ast::Statement& statement) {
    bool refuses = statement.effect.text == "deny" || statement.effect.text == "require";
    if (!refuses) return;
    for (ExpressionPtr condition : conditions_of(policy, statement)) report(condition, true);
    if (statement.effect.text != "require") return;
    std::vector<ExpressionPtr> required = values_after(statement.parts, "");
    if (!required.empty()) report(required[0], false);
  });
}

}  // namespace aipol::lint
