// `like` with a glob that has no `*`.
#include "compiler/lint/walk.h"

namespace aipol::lint {

void glob_without_star(Context& context) {
  each_node<ast::Binary>(context, [&](const auto&, const ast::Binary& node) {
    if (node.op != ast::BinaryOperator::like) return;
    const std::string* glob = literal_text(*node.right);
    if (glob == nullptr || glob->find('*') != std::string::npos) return;
    context.report(node.op_span, "a glob without `*` is an equality").fix(node.op_span, "==");
  });
}

}  // namespace aipol::lint
