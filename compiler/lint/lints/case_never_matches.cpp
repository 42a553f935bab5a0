// A text made lower case and compared with one that has capitals, or the other way round.
#include <algorithm>

#include "compiler/lint/walk.h"

namespace aipol::lint {

namespace {

// What `x.lower()` and `x.upper()` make of letters: 'l', 'u'; nothing of other expressions.
std::optional<char> made(ExpressionPtr expression) {
  const auto* call = std::get_if<ast::Call>(&expression->node);
  const auto* method = call == nullptr ? nullptr : std::get_if<ast::Field>(&call->callee->node);
  if (method == nullptr || !call->arguments.empty()) return std::nullopt;
  if (method->name.text == "lower") return 'l';
  return method->name.text == "upper" ? std::optional('u') : std::nullopt;
}

void compare(Context& context, ExpressionPtr changed, ExpressionPtr with) {
  std::optional<char> letters = made(changed);
  if (!letters) return;
  if (const auto* list = std::get_if<ast::List>(&with->node)) {
    for (ExpressionPtr item : list->items) compare(context, changed, item);
  }
  const std::string* text = literal_text(*with);
  bool lower = *letters == 'l';
  auto is_absent = [&](char c) { return lower ? c >= 'A' && c <= 'Z' : c >= 'a' && c <= 'z'; };
  if (text == nullptr || std::ranges::none_of(*text, is_absent)) return;
  context.report(with->span, "this never matches: the other side is all {}",
                 lower ? "lower case" : "upper case");
}

}  // namespace

void case_never_matches(Context& context) {
  each_node<ast::Binary>(context, [&](const auto&, const ast::Binary& node) {
    bool compares = node.op == ast::BinaryOperator::equal ||
                    node.op == ast::BinaryOperator::not_equal ||
                    node.op == ast::BinaryOperator::in || node.op == ast::BinaryOperator::not_in;
    if (!compares) return;
    compare(context, node.left, node.right);
    compare(context, node.right, node.left);
  });
  each_node<ast::Call>(context, [&](const auto&, const ast::Call& call) {
    const auto* method = std::get_if<ast::Field>(&call.callee->node);
    constexpr std::string_view tests[] = {"contains", "starts_with", "ends_with"};
    if (method == nullptr || call.arguments.size() != 1) return;
    if (std::ranges::find(tests, method->name.text) == std::end(tests)) return;
    compare(context, method->object, call.arguments[0]);
  });
}

}  // namespace aipol::lint
