// Operators between operands, and what reaches as far right as it can.
#include "compiler/format/formatter.h"

namespace aipol::format {

namespace {

using ast::BinaryOperator;
using ast::ExpressionPtr;

enum class Level : uint8_t { disjunction, conjunction, comparison, alternative, sum, product };

Level level_of(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::logical_or:
      return Level::disjunction;
    case BinaryOperator::logical_and:
      return Level::conjunction;
    case BinaryOperator::coalesce:
      return Level::alternative;
    case BinaryOperator::add:
    case BinaryOperator::subtract:
      return Level::sum;
    case BinaryOperator::multiply:
    case BinaryOperator::divide:
    case BinaryOperator::remainder:
      return Level::product;
    default:
      return Level::comparison;
  }
}

// `a and b and c`: the operands, with the operators before all but the first.
struct Chain {
  std::vector<ExpressionPtr> operands;
  std::vector<BinaryOperator> operators;

  void add(const ast::Binary& binary) {
    add(binary.left, level_of(binary.op));
    operators.push_back(binary.op);
    add(binary.right, level_of(binary.op));
  }

 private:
  void add(ExpressionPtr operand, Level level) {
    const auto* binary = std::get_if<ast::Binary>(&operand->node);
    bool bare = binary != nullptr && operand->span.begin == binary->left->span.begin;
    if (bare && level_of(binary->op) == level) return add(*binary);
    operands.push_back(operand);
  }
};

bool is_spaced(ExpressionPtr operand) {
  const auto* binary = std::get_if<ast::Binary>(&operand->node);
  return (binary != nullptr && operand->span.begin == binary->left->span.begin) ||
         std::holds_alternative<ast::Conditional>(operand->node) ||
         std::holds_alternative<ast::Quantified>(operand->node);
}

}  // namespace

void Formatter::node(const ast::Binary& binary, Place place) {
  Chain chain;
  chain.add(binary);
  begin();
  expression(chain.operands[0], Place::behind);
  if (place != Place::line) out_.indent();
  for (size_t i = 1; i < chain.operands.size(); ++i) {
    BinaryOperator op = chain.operators[i - 1];
    bool membership = op == BinaryOperator::in || op == BinaryOperator::not_in;
    if (membership && std::holds_alternative<ast::List>(chain.operands[i]->node)) {
      space();  // the list is broken instead
    } else {
      line();
    }
    take_as(ast::spelling(op));
    space();
    expression(chain.operands[i], Place::behind);
  }
  if (place != Place::line) out_.outdent();
  end();
}

void Formatter::node(const ast::Range& range, Place) {
  bool spaced = is_spaced(range.low) || is_spaced(range.high);
  expression(range.low, Place::behind);
  if (spaced) space();
  take();
  if (spaced) space();
  expression(range.high, Place::behind);
}

void Formatter::node(const ast::Conditional& conditional, Place place) {
  const ast::Conditional* each = &conditional;
  begin();
  for (bool first = true;; first = false) {
    begin();
    take();
    space();
    expression(each->condition, Place::behind);
    out_.indent();
    line();
    take();
    space();
    expression(each->then, Place::behind);
    out_.outdent();
    end();
    if (first && place != Place::line) out_.indent();
    line();
    take();
    space();
    if (!at("if")) break;
    each = &std::get<ast::Conditional>(each->otherwise->node);
  }
  expression(each->otherwise, Place::behind);
  if (place != Place::line) out_.outdent();
  end();
}

void Formatter::node(const ast::Quantified& quantified, Place) {
  begin();
  take_words(3);
  space();
  expression(quantified.list, Place::behind);
  take();
  out_.indent();
  line();
  expression(quantified.body, Place::line);
  out_.outdent();
  end();
}

}  // namespace aipol::format
