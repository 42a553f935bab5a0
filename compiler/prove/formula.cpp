#include "compiler/prove/formula.h"

#include <fmt/format.h>

#include "base/saturate.h"

namespace aipol::prove {

using plan::Constant;
using plan::Op;
using plan::Rep;

namespace {

constexpr size_t most_members = 256;  // of a list that is spelled out

}  // namespace

Formula::Formula(const Z3& z3, Z3_context context, Shape& shape)
    : z3_(z3),
      context_(context),
      shape_(shape),
      plan_(shape.plan()),
      bool_sort_(z3.mk_bool_sort(context)),
      int_sort_(z3.mk_int_sort(context)),
      real_sort_(z3.mk_real_sort(context)) {}

Z3_ast Formula::any(const std::vector<Z3_ast>& parts) const {
  return z3_.mk_or(context_, static_cast<unsigned>(parts.size()), parts.data());
}

Z3_ast Formula::all(const std::vector<Z3_ast>& parts) const {
  return z3_.mk_and(context_, static_cast<unsigned>(parts.size()), parts.data());
}

Z3_ast Formula::fresh(const std::string& name, Z3_sort sort) const {
  return z3_.mk_const(context_, z3_.mk_string_symbol(context_, name.c_str()), sort);
}

// Exactly the number, as Z3 reads decimals.
Z3_ast Formula::real(double value) const {
  std::string text = fmt::format("{:.1100f}", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return z3_.mk_numeral(context_, text.c_str(), real_sort_);
}

Z3_ast Formula::literal(Literal literal) {
  Z3_ast a = truth(literal.node);
  return literal.wanted ? a : negation(a);
}

Z3_ast Formula::truth(NodeId node) {
  if (auto known = truths_.find(node); known != truths_.end()) return known->second;
  Z3_ast made = make_truth(node);
  truths_.emplace(node, made);
  return made;
}

Z3_ast Formula::make_truth(NodeId node) {
  const plan::Node& n = plan_.code[node];
  if (const Constant* value = shape_.constant(node)) {
    return std::get<bool>(*value) ? z3_.mk_true(context_) : z3_.mk_false(context_);
  }
  auto arguments = plan_.code.arguments(node);
  if (n.op == Op::logical_not) return negation(truth(arguments[0]));
  if (n.op == Op::select)
    return either(truth(arguments[0]), truth(arguments[1]), truth(arguments[2]));
  if (n.op != Op::logical_and && n.op != Op::logical_or) return leaf(node);
  std::vector<Z3_ast> parts;
  for (NodeId argument : arguments) parts.push_back(truth(argument));
  return n.op == Op::logical_and ? all(parts) : any(parts);
}

Z3_ast Formula::leaf(NodeId node) {
  switch (plan_.code[node].op) {
    case Op::has:
      return present(plan_.code[node].payload);
    case Op::equal:
      return equal(node);
    case Op::less:
    case Op::less_equal:
      return comparison(node);
    case Op::in_range:
      return in_range(node);
    case Op::in_set:
      return in_set(node);
    case Op::has_member:
      return member(node);
    case Op::contains_all:
    case Op::intersects:
      return members(node);
    default:
      return fresh(fmt::format("n{}", node), bool_sort_);
  }
}

Z3_ast Formula::present(plan::SourceId source) {
  if (!plan_.sources[source].optional) return z3_.mk_true(context_);
  auto [it, made] = present_.try_emplace(source);
  if (made) it->second = fresh(fmt::format("has{}", source), bool_sort_);
  return it->second;
}

Z3_ast Formula::number(NodeId node) {
  if (auto known = terms_.find(node); known != terms_.end()) return known->second;
  Z3_ast made = make_number(node);
  terms_.emplace(node, made);
  return made;
}

Z3_ast Formula::make_number(NodeId node) {
  const plan::Node& n = plan_.code[node];
  bool real_number = n.rep == Rep::real;
  if (const Constant* value = shape_.constant(node)) {
    return real_number ? real(std::get<double>(*value)) : integer(std::get<int64_t>(*value));
  }
  if (n.op == Op::source)
    return real_number ? real_of_source(n.payload) : integer_of_source(n.payload);
  if (n.op == Op::select) {
    return either(truth(plan_.code.argument(node, 0)), number(plan_.code.argument(node, 1)),
                  number(plan_.code.argument(node, 2)));
  }
  if (n.op == Op::to_real) return to_real(plan_.code.argument(node, 0));
  // Reals round, which no formula here says: they are free.
  if (real_number) return fresh(fmt::format("n{}", node), real_sort_);
  return arithmetic(node);
}

Z3_ast Formula::integer_of_source(plan::SourceId source) {
  auto [it, made] = numbers_.try_emplace(source);
  if (!made) return it->second;
  const plan::Source& what = plan_.sources[source];
  Z3_ast a = it->second = fresh(fmt::format("s{}", source), int_sort_);
  int64_t low = int_min, high = int_max;
  if (what.enumeration != ~0u) {
    // A method that has no name here, the kind of no provider.
    low = what.path == "request.method" || what.path == "provider.kind" ? -1 : 0;
    high = static_cast<int64_t>(plan_.enumerations[what.enumeration].members.size()) - 1;
  }
  if (what.path == "request.size") low = 0;
  fact(between(low, a, high));
  if (what.optional) fact(any({present(source), is_number(a, 0)}));
  return a;
}

Z3_ast Formula::real_of_source(plan::SourceId source) {
  auto [it, made] = numbers_.try_emplace(source);
  if (!made) return it->second;
  it->second = fresh(fmt::format("s{}", source), real_sort_);
  if (plan_.sources[source].optional)
    fact(any({present(source), z3_.mk_eq(context_, it->second, real(0))}));
  return it->second;
}

Z3_ast Formula::saturated(Z3_ast a) {
  Z3_ast high = integer(int_max), low = integer(int_min);
  return either(less(high, a), high, either(less(a, low), low, a));
}

// Towards zero.
Z3_ast Formula::quotient(Z3_ast a, int64_t divisor) {
  Z3_ast d = integer(divisor);
  Z3_ast positive = z3_.mk_div(context_, a, d);
  Z3_ast negative =
      z3_.mk_unary_minus(context_, z3_.mk_div(context_, z3_.mk_unary_minus(context_, a), d));
  return either(less(a, integer(0)), negative, positive);
}

Z3_ast Formula::arithmetic(NodeId node) {
  const plan::Node& n = plan_.code[node];
  auto arguments = plan_.code.arguments(node);
  auto both = [&] { return std::array{number(arguments[0]), number(arguments[1])}; };
  auto constant = [&](size_t i) { return shape_.constant(arguments[i]); };
  switch (n.op) {
    case Op::add:
      return saturated(z3_.mk_add(context_, 2, both().data()));
    case Op::subtract:
      return saturated(z3_.mk_sub(context_, 2, both().data()));
    case Op::negate:
      return saturated(z3_.mk_unary_minus(context_, number(arguments[0])));
    case Op::multiply:
      if (constant(0) == nullptr && constant(1) == nullptr) break;
      return saturated(z3_.mk_mul(context_, 2, both().data()));
    case Op::divide:
      return saturated(quotient(number(arguments[0]), std::get<int64_t>(*constant(1))));
    case Op::remainder: {
      int64_t divisor = std::get<int64_t>(*constant(1));
      Z3_ast whole[] = {quotient(number(arguments[0]), divisor), integer(divisor)};
      Z3_ast parts[] = {number(arguments[0]), z3_.mk_mul(context_, 2, whole)};
      return z3_.mk_sub(context_, 2, parts);
    }
    case Op::size:
      if (auto source = set_source(arguments[0])) return size_of(*source);
      break;
    default:
      break;
  }
  return called(node);
}

// A number of which only its bounds are known.
Z3_ast Formula::called(NodeId node) {
  const plan::Node& n = plan_.code[node];
  struct Bounds {
    std::string_view symbol;
    int64_t low, high;
  };
  constexpr Bounds known[] = {{"time.hour", 0, 23},
                              {"time.weekday", 0, 6},
                              {"time.clock", 0, 86'399},
                              {"text.length", 0, int_max},
                              {"text.bucket", 0, 9'999}};
  int64_t low = n.op == Op::size || n.op == Op::count_of ? 0 : int_min, high = int_max;
  for (const Bounds& bounds : known) {
    if (n.op == Op::call && plan_.natives[n.payload] == bounds.symbol)
      low = bounds.low, high = bounds.high;
  }
  Z3_ast a = fresh(fmt::format("n{}", node), int_sort_);
  fact(between(low, a, high));
  return a;
}

// Up to 2^53 each integer is a real; beyond, reals keep the order.
Z3_ast Formula::to_real(NodeId node) {
  constexpr int64_t exact = int64_t{1} << 53;
  Z3_ast from = number(node), to = fresh(fmt::format("r{}", node), real_sort_);
  fact(implies(between(-exact, from, exact),
               z3_.mk_eq(context_, to, z3_.mk_int2real(context_, from))));
  fact(implies(less(integer(exact), from), at_most(real(0x1p53), to)));
  fact(implies(less(from, integer(-exact)), at_most(to, real(-0x1p53))));
  return to;
}

Z3_ast Formula::comparison(NodeId node) {
  auto arguments = plan_.code.arguments(node);
  Rep rep = plan_.code[arguments[0]].rep;
  if (rep != Rep::integer && rep != Rep::real) return fresh(fmt::format("n{}", node), bool_sort_);
  Z3_ast a = number(arguments[0]), b = number(arguments[1]);
  return plan_.code[node].op == Op::less ? less(a, b) : at_most(a, b);
}

Z3_ast Formula::equal(NodeId node) {
  auto arguments = plan_.code.arguments(node);
  Rep rep = plan_.code[arguments[0]].rep;
  if (rep == Rep::boolean) return z3_.mk_eq(context_, truth(arguments[0]), truth(arguments[1]));
  if (rep == Rep::integer || rep == Rep::real)
    return z3_.mk_eq(context_, number(arguments[0]), number(arguments[1]));
  Z3_ast a = fresh(fmt::format("n{}", node), bool_sort_);
  for (size_t i : {0u, 1u}) {
    if (const Constant* value = shape_.constant(arguments[1 - i]))
      return same_set(arguments[i], *value, a);
  }
  return a;
}

Z3_ast Formula::in_range(NodeId node) {
  Z3_ast a = number(plan_.code.argument(node, 0));
  auto range = std::get<plan::IntegerRange>(*shape_.constant(plan_.code.argument(node, 1)));
  Z3_ast above = at_most(integer(range.low), a), below = at_most(a, integer(range.high));
  return range.low <= range.high ? all({above, below}) : any({above, below});
}

Z3_ast Formula::in_set(NodeId node) {
  const Constant* value = shape_.constant(plan_.code.argument(node, 1));
  const auto* integers = value == nullptr ? nullptr : std::get_if<std::vector<int64_t>>(value);
  if (integers == nullptr || integers->size() > most_members)
    return fresh(fmt::format("n{}", node), bool_sort_);
  Z3_ast a = number(plan_.code.argument(node, 0));
  std::vector<Z3_ast> parts;
  for (int64_t member : *integers) parts.push_back(is_number(a, member));
  return any(parts);
}

}  // namespace aipol::prove
