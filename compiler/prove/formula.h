// Expressions of the plan as formulas of Z3, weaker than what they mean: whatever a request can be,
// the formula allows. What Z3 says can not be, can not be; what it says can be is a guess.
#pragma once

#include <array>
#include <string>
#include <utility>

#include "compiler/prove/shape.h"
#include "compiler/prove/z3.h"

namespace aipol::prove {

class Formula {
 public:
  Formula(const Z3& z3, Z3_context context, Shape& shape);

  // Of a boolean node.
  Z3_ast truth(plan::NodeId node);
  Z3_ast literal(Literal literal);
  // Facts about what was put into formulas since the last call: to be asserted with them.
  std::vector<Z3_ast> take_facts() { return std::exchange(facts_, {}); }
  // The unknowns that are numbers of single sources.
  const std::map<plan::SourceId, Z3_ast>& numbers() const { return numbers_; }

  Z3_ast negation(Z3_ast a) const { return z3_.mk_not(context_, a); }
  Z3_ast any(const std::vector<Z3_ast>& parts) const;
  Z3_ast all(const std::vector<Z3_ast>& parts) const;

 private:
  using NodeId = plan::NodeId;
  Z3_ast make_truth(NodeId node);
  Z3_ast leaf(NodeId node);
  Z3_ast number(NodeId node);  // integer or real
  Z3_ast make_number(NodeId node);
  Z3_ast integer_of_source(plan::SourceId source);
  Z3_ast real_of_source(plan::SourceId source);
  Z3_ast arithmetic(NodeId node);
  Z3_ast quotient(Z3_ast a, int64_t divisor);
  Z3_ast saturated(Z3_ast a);
  Z3_ast to_real(NodeId node);
  Z3_ast called(NodeId node);

  Z3_ast equal(NodeId node);
  Z3_ast comparison(NodeId node);
  Z3_ast in_range(NodeId node);
  Z3_ast in_set(NodeId node);
  Z3_ast member(NodeId node);
  Z3_ast members(NodeId node);
  Z3_ast same_set(NodeId list, const plan::Constant& value, Z3_ast truth);
  Z3_ast has_member(plan::SourceId source, const plan::Constant& member);
  Z3_ast size_of(plan::SourceId source);
  Z3_ast present(plan::SourceId source);

  std::optional<plan::SourceId> set_source(NodeId node) const;
  Z3_ast is_number(Z3_ast a, int64_t value) const { return z3_.mk_eq(context_, a, integer(value)); }
  Z3_ast integer(int64_t value) const { return z3_.mk_int64(context_, value, int_sort_); }
  Z3_ast real(double value) const;
  Z3_ast fresh(const std::string& name, Z3_sort sort) const;
  Z3_ast either(Z3_ast a, Z3_ast b, Z3_ast c) const { return z3_.mk_ite(context_, a, b, c); }
  Z3_ast less(Z3_ast a, Z3_ast b) const { return z3_.mk_lt(context_, a, b); }
  Z3_ast at_most(Z3_ast a, Z3_ast b) const { return z3_.mk_le(context_, a, b); }
  Z3_ast implies(Z3_ast a, Z3_ast b) const { return z3_.mk_implies(context_, a, b); }
  Z3_ast between(int64_t low, Z3_ast a, int64_t high) const {
    return all({at_most(integer(low), a), at_most(a, integer(high))});
  }
  void fact(Z3_ast a) { facts_.push_back(a); }

  const Z3& z3_;
  Z3_context context_;
  Shape& shape_;
  const plan::Plan& plan_;
  Z3_sort bool_sort_, int_sort_, real_sort_;
  std::vector<Z3_ast> facts_;
  std::map<NodeId, Z3_ast> truths_, terms_;
  std::map<plan::SourceId, Z3_ast> numbers_, present_, sizes_;
  std::map<plan::SourceId, std::map<plan::Constant, Z3_ast>> members_;
};

}  // namespace aipol::prove
