// A `let` or a column of a test that nothing in it names.
#include <set>

#include "compiler/lint/walk.h"

namespace aipol::lint {

void unused_test_value(Context& context) {
  each_declared<ast::TestDeclaration>(
      context, [&](const ast::Declaration& declaration, const ast::TestDeclaration& test) {
        std::set<std::string_view> names;
        for (ExpressionPtr root : expressions_of(declaration)) {
          each_within(root, [&](const ast::Expression& part) {
            if (const auto* name = std::get_if<ast::Name>(&part.node)) names.insert(name->text);
          });
        }
        for (const ast::Identifier& column : test.columns) {
          if (!names.contains(column.text))
            context.report(column.span, "the column `{}` is not used", column.text);
        }
        for (const ast::TestStep& step : test.steps) {
          const auto* let = std::get_if<ast::LetStep>(&step.node);
          if (let == nullptr || names.contains(let->name.text)) continue;
          context.report(let->name.span, "`{}` is not used", let->name.text)
              .fix(whole_lines(context, step.span), "");
        }
      });
}

}  // namespace aipol::lint
