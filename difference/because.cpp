#include "difference/because.h"

#include <algorithm>

namespace aipol::difference {

using plan::NodeId;
using plan::Op;

namespace {

bool connects(const ir::Expression& expression) {
  return expression.op == Op::logical_and || expression.op == Op::logical_or ||
         expression.op == Op::logical_not;
}

std::string negated(const std::string& text) {
  if (text.starts_with("not ") && text.find(' ', 4) == text.npos) return text.substr(4);
  bool plain = text.find_first_of(" (") == text.npos;
  return plain ? "not " + text : "not (" + text + ")";
}

}  // namespace

NodeId Because::node(Side side, ir::ExpressionPtr expression) {
  return graph_.node(side, words_[side].node(expression));
}

void Because::prepare(Side side, ir::ExpressionPtr expression) {
  node(side, expression);
  if (!connects(*expression)) return;
  for (ir::ExpressionPtr part : expression->arguments) prepare(side, part);
}

void Because::prepare(const Rule& rule) {
  for (const ir::Condition& condition : words_[rule.side].conditions(rule.number))
    prepare(rule.side, condition.expression);
}

// Parts that make the expression what it is for the request; of alternatives the first.
void Because::justify(Side side, ir::ExpressionPtr expression, bool wanted,
                      std::vector<Part>& out) {
  if (expression->op == Op::logical_not)
    return justify(side, expression->arguments[0], !wanted, out);
  bool all = expression->op == (wanted ? Op::logical_and : Op::logical_or);
  bool any = expression->op == (wanted ? Op::logical_or : Op::logical_and);
  if (all) return justify_all(side, expression->arguments, wanted, out);
  if (any) {
    for (ir::ExpressionPtr part : expression->arguments) {
      if (prover_->holds(node(side, part), *seen_) == wanted)
        return justify(side, part, wanted, out);
    }
  }
  if (expression->constant() != nullptr) return;
  out.push_back({node(side, expression), wanted, words_[side].text(expression->span)});
}

void Because::justify_all(Side side, const std::vector<ir::ExpressionPtr>& parts, bool wanted,
                          std::vector<Part>& out) {
  for (ir::ExpressionPtr part : parts) justify(side, part, wanted, out);
}

std::vector<std::string> Because::of(prove::Prover& prover, const prove::Goal& always,
                                     const Rule& rule, const Rule* counterpart,
                                     const prove::World& seen) {
  prover_ = &prover;
  seen_ = &seen;
  std::vector<Part> parts;
  for (const ir::Condition& condition : words_[rule.side].conditions(rule.number))
    justify(rule.side, condition.expression, condition.wanted, parts);
  bool applies = counterpart != nullptr && prover.holds(counterpart->guard, seen);
  if (counterpart != nullptr && !applies) {
    for (const ir::Condition& one : words_[counterpart->side].conditions(counterpart->number)) {
      bool holds = prover.holds(node(counterpart->side, one.expression), seen);
      if (holds == one.wanted) continue;
      justify(counterpart->side, one.expression, !one.wanted, parts);
      break;
    }
  }
  // A part that follows from the others says nothing.
  for (size_t i = 0; i < parts.size();) {
    prove::Goal goal = always;
    bool twice = false;
    for (size_t j = 0; j < parts.size(); ++j) {
      if (j != i) goal.push_back({parts[j].node, parts[j].wanted});
      twice = twice || (j < i && parts[j].node == parts[i].node);
    }
    goal.push_back({parts[i].node, !parts[i].wanted});
    bool follows = twice || prover.decide(goal).kind == prove::Answer::Kind::no;
    if (follows)
      parts.erase(parts.begin() + static_cast<ptrdiff_t>(i));
    else
      ++i;
  }
  std::vector<std::string> out;
  for (const Part& part : parts) out.push_back(part.wanted ? part.text : negated(part.text));
  return out;
}

}  // namespace aipol::difference
