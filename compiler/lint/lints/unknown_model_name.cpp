// The name of a model that the set does not declare, compared with `model.name` or sent by a test.
#include <algorithm>

#include "compiler/lint/walk.h"

namespace aipol::lint {

namespace {

class Look {
 public:
  explicit Look(Context& context) : context_(context) {
    each_declared<ast::BlockDeclaration>(context_, [&](const auto&, const auto& block) {
      if (block.keyword.text == "model" && block.label) known_.push_back(*block.label);
    });
  }

  void run() {
    if (known_.empty()) return;  // a part of a set
    each_node<ast::Binary>(context_, [&](const auto&, const ast::Binary& node) {
      bool compares = node.op == ast::BinaryOperator::equal ||
                      node.op == ast::BinaryOperator::not_equal ||
                      node.op == ast::BinaryOperator::in || node.op == ast::BinaryOperator::not_in;
      if (!compares) return;
      if (dotted(*node.left) == "model.name") names(*node.right);
      if (dotted(*node.right) == "model.name") names(*node.left);
    });
    each_declared<ast::TestDeclaration>(context_, [&](const auto&, const auto& test) {
      for (const ast::TestStep& step : test.steps) {
        const auto* send = std::get_if<ast::SendStep>(&step.node);
        ExpressionPtr model = send == nullptr ? nullptr : setting(send->call, "model");
        if (model == nullptr) continue;
        const auto* record = std::get_if<ast::Record>(&model->node);
        if (record != nullptr) model = setting(*record, "name");
        if (model != nullptr) names(*model);
      }
    });
  }

 private:
  void names(const ast::Expression& expression) {
    if (const auto* list = std::get_if<ast::List>(&expression.node)) {
      for (ExpressionPtr item : list->items) names(*item);
    }
    const std::string* text = literal_text(expression);
    if (text == nullptr || std::ranges::find(known_, *text) != known_.end()) return;
    context_.report(expression.span, "no model of the set is named `{}`", *text)
        .suggest(*text, known_);
  }

  Context& context_;
  std::vector<std::string> known_;
};

}  // namespace

void unknown_model_name(Context& context) { Look(context).run(); }

}  // namespace aipol::lint
