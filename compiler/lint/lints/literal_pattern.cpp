// A regex without anything that a plain test of texts could not say.
#include <algorithm>

#include "compiler/ast/quote.h"
#include "compiler/lint/walk.h"

namespace aipol::lint {

namespace {

constexpr std::string_view special = R"(\.+*?()|[]{}^$)";

// The text between `^` and `$`, where it stands for itself.
std::optional<std::string_view> plain(std::string_view pattern) {
  if (pattern.starts_with('^')) pattern.remove_prefix(1);
  if (pattern.ends_with('$')) pattern.remove_suffix(1);
  if (pattern.empty() || pattern.find_first_of(special) != pattern.npos) return std::nullopt;
  return pattern;
}

bool is_operand(const ast::Expression& expression) {
  return std::holds_alternative<ast::Name>(expression.node) ||
         std::holds_alternative<ast::Field>(expression.node) ||
         std::holds_alternative<ast::Call>(expression.node) ||
         std::holds_alternative<ast::Index>(expression.node);
}

}  // namespace

void literal_pattern(Context& context) {
  each_node<ast::Binary>(context, [&](const ast::Expression& expression, const ast::Binary& node) {
    if (node.op != ast::BinaryOperator::matches) return;
    const std::string* pattern = literal_text(*node.right);
    std::optional<std::string_view> text = pattern ? plain(*pattern) : std::nullopt;
    if (!text) return;
    bool first = pattern->starts_with('^'), last = pattern->ends_with('$');
    std::string_view left = context.text(node.left->span);
    std::string quoted = ast::in_quotes(*text);
    std::string better = first && last ? fmt::format("{} == {}", left, quoted)
                                       : fmt::format("{}.{}({})", left,
                                                     first  ? "starts_with"
                                                     : last ? "ends_with"
                                                            : "contains",
                                                     quoted);
    Diagnostic& diagnostic =
        context.report(node.right->span, "this regex is a plain text").help("write `{}`", better);
    if (is_operand(*node.left))
      diagnostic.fix(expression.span, in_place_of(context, expression, better));
  });
}

}  // namespace aipol::lint
