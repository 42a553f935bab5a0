// A path or a model compared by `==` with what looks like a glob.
#include "compiler/lint/walk.h"

namespace aipol::lint {

void star_in_equality(Context& context) {
  each_node<ast::Binary>(context, [&](const auto&, const ast::Binary& node) {
    bool equality =
        node.op == ast::BinaryOperator::equal || node.op == ast::BinaryOperator::not_equal;
    std::string what = dotted(*node.left);
    if (!equality || (what != "request.path" && what != "model.name" && what != "request.host"))
      return;
    const std::string* text = literal_text(*node.right);
    if (text == nullptr || text->find('*') == std::string::npos) return;
    context.report(node.right->span, "`*` stands for itself here")
        .help("a glob is matched by `like`: `{}{} like {}{}`",
              node.op == ast::BinaryOperator::equal ? "" : "not (", what,
              context.text(node.right->span), node.op == ast::BinaryOperator::equal ? "" : ")");
  });
}

}  // namespace aipol::lint
