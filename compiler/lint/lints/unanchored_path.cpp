// A regex on a path that may match in its middle: `/admin` is also in `/public/admin-faq`.
#include "compiler/lint/walk.h"

namespace aipol::lint {

void unanchored_path(Context& context) {
  each_node<ast::Binary>(context, [&](const auto&, const ast::Binary& node) {
    if (node.op != ast::BinaryOperator::matches || dotted(*node.left) != "request.path") return;
    const std::string* pattern = literal_text(*node.right);
    if (pattern == nullptr || pattern->starts_with('^') || pattern->starts_with("\\A")) return;
    if (pattern->starts_with("(?")) return;  // flags, or a group that may begin with `^`
    context.report(node.right->span, "this may match in the middle of a path")
        .help("begin it with `^`, or use `like` with a glob, which matches whole paths");
  });
}

}  // namespace aipol::lint
