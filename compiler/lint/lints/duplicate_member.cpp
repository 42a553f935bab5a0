// A list, a set, a group or a pool with a member twice.
#include <set>

#include "base/text.h"
#include "compiler/lint/walk.h"

namespace aipol::lint {

namespace {

void look_at(Context& context, const std::vector<ExpressionPtr>& items) {
  std::set<std::string> seen;
  for (size_t i = 0; i < items.size(); ++i) {
    if (std::holds_alternative<ast::Record>(items[i]->node)) continue;
    Span span = items[i]->span;
    if (seen.insert(on_one_line(context.text(span))).second) continue;
    Diagnostic& diagnostic =
        context.report(span, "`{}` stands in the list before", on_one_line(context.text(span)));
    Span before = items[i - 1]->span;
    bool comment = context.text({span.file, before.end, span.begin}).find('/') != std::string::npos;
    if (!comment) diagnostic.fix({span.file, before.end, span.end}, "");
  }
}

}  // namespace

void duplicate_member(Context& context) {
  std::set<ExpressionPtr> data;  // what tests send and list may repeat itself
  each_declared<ast::TestDeclaration>(
      context, [&](const ast::Declaration& declaration, const auto&) {
        for (ExpressionPtr root : expressions_of(declaration))
          each_within(root, [&](const ast::Expression& part) { data.insert(&part); });
      });
  each_node<ast::List>(context, [&](const ast::Expression& expression, const ast::List& list) {
    if (!data.contains(&expression)) look_at(context, list.items);
  });
  each_declared<ast::ListDeclaration>(
      context, [&](const auto&, const auto& list) { look_at(context, list.members.items); });
}

}  // namespace aipol::lint
