// Operands: names, literals, calls, and what parentheses are kept around them.
#include <algorithm>

#include "base/overloaded.h"
#include "compiler/format/formatter.h"

namespace aipol::format {

namespace {

using ast::Expression;
using ast::ExpressionPtr;

// The operand that the expression begins with, where it begins with one.
ExpressionPtr first_operand(const Expression& expression) {
  return std::visit(Overloaded{
                        [](const ast::Binary& node) { return node.left; },
                        [](const ast::Range& node) { return node.low; },
                        [](const ast::Field& node) { return node.object; },
                        [](const ast::Call& node) { return node.callee; },
                        [](const ast::Index& node) { return node.object; },
                        [](const ast::Tuple& node) { return node.items.front(); },
                        [](const auto&) -> ExpressionPtr { return nullptr; },
                    },
                    expression.node);
}

bool is_literal(const Expression& expression) {
  return std::visit(Overloaded{
                        [](const ast::BoolLiteral&) { return true; },
                        [](const ast::IntLiteral&) { return true; },
                        [](const ast::FloatLiteral&) { return true; },
                        [](const ast::UsdLiteral&) { return true; },
                        [](const ast::DurationLiteral&) { return true; },
                        [](const ast::ClockLiteral&) { return true; },
                        [](const ast::StatusClassLiteral&) { return true; },
                        [](const ast::StringLiteral&) { return true; },
                        [](const ast::FormatString&) { return true; },
                        [](const auto&) { return false; },
                    },
                    expression.node);
}

bool is_path(const Expression& expression) {
  return std::holds_alternative<ast::Field>(expression.node) ||
         std::holds_alternative<ast::Call>(expression.node) ||
         std::holds_alternative<ast::Index>(expression.node);
}

// Stays behind `=` or `:` however long it is: it is broken inside, or nowhere.
bool stays(const Expression& expression) {
  return std::visit(Overloaded{
                        [](const ast::Binary& node) {
                          bool membership = node.op == ast::BinaryOperator::in ||
                                            node.op == ast::BinaryOperator::not_in;
                          return membership && std::holds_alternative<ast::List>(node.right->node);
                        },
                        [](const ast::Unary& node) { return stays(*node.operand); },
                        [](const ast::Conditional&) { return false; },
                        [](const ast::Quantified&) { return false; },
                        [](const ast::Range&) { return false; },
                        [](const auto&) { return true; },
                    },
                    expression.node);
}

}  // namespace

// Behind `=` or `:`.
void Formatter::assigned(ExpressionPtr value) {
  if (stays(*value)) {
    space();
    return expression(value, Place::behind);
  }
  begin();
  out_.indent();
  line();
  expression(value, Place::line);
  out_.outdent();
  end();
}

void Formatter::expression(ExpressionPtr expression, Place place) {
  size_t pairs = parentheses(*expression), kept = kept_parentheses(*expression, pairs, place);
  for (size_t i = kept; i < pairs; ++i) skip();
  for (size_t i = 0; i < kept; ++i) take();
  if (kept > 0) {
    out_.indent(true);
    place = Place::line;
  }
  std::visit([&](const auto& each) { node(each, place); }, expression->node);
  if (kept > 0) {
    comments(true);
    out_.outdent();
  }
  for (size_t i = 0; i < kept; ++i) take();
  for (size_t i = kept; i < pairs; ++i) skip();
}

// The pairs around the expression that are not part of it.
size_t Formatter::parentheses(const Expression& expression) const {
  ExpressionPtr inner = first_operand(expression);
  size_t count = 0;
  while (tokens_.text(at_ + count) == "(" &&
         (inner == nullptr || tokens_.span(at_ + count).begin < inner->span.begin))
    ++count;
  return std::holds_alternative<ast::Tuple>(expression.node) ? count - 1 : count;
}

// They are dropped only where they can not make a difference, and have not been put for the eye or
// around a comment.
size_t Formatter::kept_parentheses(const Expression& expression, size_t pairs, Place place) const {
  for (size_t i = 0; i < pairs; ++i) {
    bool commented = !tokens_.comments(at_ + i + 1).empty() ||
                     !tokens_.comments(tokens_.closer(at_ + i)).empty();
    if (commented) return pairs;
  }
  bool may_drop = is_path(expression) || (is_literal(expression) && place != Place::object);
  return may_drop && at_ != kept_ ? 0 : std::min<size_t>(pairs, 1);
}

void Formatter::node(const ast::IntLiteral&, Place) {
  if (at("-")) take();  // the least one
  take();
}

// As it is written, also in the braces.
void Formatter::node(const ast::FormatString&, Place) {
  size_t last = at_, depth = 0;
  for (;; ++last) {
    std::string_view part = tokens_.text(last);
    if (part.starts_with("f\"") && part.ends_with('{')) ++depth;
    if (part.size() > 1 && part.starts_with('}') && part.ends_with('"')) --depth;
    if (depth == 0 || part.empty()) break;
  }
  take_through(last);
}

void Formatter::node(const ast::Field& field, Place) {
  expression(field.object, Place::object);
  take();
  take();
}

void Formatter::node(const ast::Call& call, Place) {
  expression(call.callee, Place::object);
  items(call.arguments);
}

void Formatter::node(const ast::Index& index, Place) {
  expression(index.object, Place::object);
  take();
  expression(index.key, Place::behind);
  take();
}

void Formatter::node(const ast::Unary& unary, Place) {
  take();
  if (unary.op != ast::UnaryOperator::negate || at("-")) space();
  expression(unary.operand, Place::behind);
}

}  // namespace aipol::format
