#include "difference/because.h"

#include <algorithm>
#include <optional>

namespace aipol::difference {

using plan::NodeId;
using plan::Op;

namespace {

bool connects(const ir::Expression& expression) {
  return expression.op == Op::logical_and || expression.op == Op::logical_or ||
         expression.op == Op::logical_not;
}

struct Sign {
  std::string_view text, opposite;
};
constexpr Sign signs[] = {{" == ", " != "},     {" != ", " == "},    {" < ", " >= "},
                          {" >= ", " < "},      {" > ", " <= "},     {" <= ", " > "},
                          {" not in ", " in "}, {" in ", " not in "}};

// By the one sign that it compares with.
std::optional<std::string> opposite_of(const std::string& text) {
  const Sign* found = nullptr;
  size_t at = 0, count = 0;
  for (const Sign& sign : signs) {
    for (size_t next = text.find(sign.text); next != text.npos;
         next = text.find(sign.text, next + 1)) {
      bool within = found != nullptr && next > at && next < at + found->text.size();
      if (within) continue;
      ++count;
      found = &sign;
      at = next;
    }
  }
  if (count != 1) return std::nullopt;
  std::string out = text;
  return out.replace(at, found->text.size(), found->opposite);
}

std::string negated(const std::string& text, bool compares) {
  if (text.starts_with("not ") && text.find(' ', 4) == text.npos) return text.substr(4);
  if (compares) {
    if (auto opposite = opposite_of(text)) return *opposite;
  }
  bool plain = text.find_first_of(" (") == text.npos;
  return plain ? "not " + text : "not (" + text + ")";
}

// The condition that `@enforce` adds.
bool of_share(const ir::Expression& expression) {
  if (expression.op != Op::less) return false;
  const auto* native = std::get_if<ir::NativeRef>(&expression.arguments[0]->payload);
  return native != nullptr && native->symbol == "text.bucket";
}

bool compares(const ir::Expression& expression) {
  const ir::Expression& of =
      expression.op == Op::logical_not ? *expression.arguments[0] : expression;
  switch (of.op) {
    case Op::equal:
    case Op::less:
    case Op::less_equal:
    case Op::in_set:
    case Op::has_member:
    case Op::in_range:
    case Op::in_network:
      return true;
    default:
      return false;
  }
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
  // `a != b` is written as one.
  bool written =
      expression->op == Op::logical_not && expression->arguments[0]->span != expression->span;
  if (written || (expression->op == Op::logical_not && connects(*expression->arguments[0])))
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
  std::string text = words_[side].text(expression->span);
  if (of_share(*expression)) text = "the caller is of the share of @enforce";
  out.push_back({node(side, expression), wanted, side, std::move(text), compares(*expression)});
}

void Because::justify_all(Side side, const std::vector<ir::ExpressionPtr>& parts, bool wanted,
                          std::vector<Part>& out) {
  for (ir::ExpressionPtr part : parts) justify(side, part, wanted, out);
}

// What says the same and means something else in the sets is told with its set.
std::string Because::told(const Part& part, const std::vector<Part>& all) {
  std::string text = part.wanted ? part.text : negated(part.text, part.compares);
  bool elsewhere = std::ranges::any_of(
      all, [&](const Part& other) { return other.text == part.text && other.side != part.side; });
  if (!elsewhere) return text;
  return text + (part.side == Side::before ? " (before)" : " (now)");
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
    // Often the request shows it, without what the part reads.
    prove::World fewer = seen;
    for (plan::SourceId source : prover.shape().sources(parts[i].node)) fewer.erase(source);
    bool follows = twice || (!prover.holds(goal, fewer) &&
                             prover.decide(goal).kind == prove::Answer::Kind::no);
    if (follows)
      parts.erase(parts.begin() + static_cast<ptrdiff_t>(i));
    else
      ++i;
  }
  std::vector<std::string> out;
  for (const Part& part : parts) {
    std::string text = told(part, parts);
    if (std::ranges::find(out, text) == out.end()) out.push_back(std::move(text));
  }
  return out;
}

}  // namespace aipol::difference
