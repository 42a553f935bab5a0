// Expression trees -> nodes of the plan, with the sources, constants and natives that they name.
#pragma once

#include <unordered_map>

#include "compiler/ir/policy_set.h"
#include "plan/plan.h"

namespace aipol::planner {

class Nodes {
 public:
  Nodes(const ir::PolicySet& set, plan::Plan& plan);
  plan::NodeId node(ir::ExpressionPtr expression);
  plan::NodeId node_or_none(ir::ExpressionPtr expression);  // of null: plan::no_node
  plan::NodeId integer(int64_t value);
  // The number in the plan of a source of the set.
  plan::SourceId source_of(uint32_t number);

 private:
  struct ConstantHash {
    size_t operator()(const plan::Constant& value) const;
  };
  // Equal, and 0.0 is not -0.0: which of them a plan has must not depend on which it met first.
  struct SameConstant {
    bool operator()(const plan::Constant& a, const plan::Constant& b) const;
  };

  uint32_t payload(const ir::Expression& expression);
  uint32_t constant(const plan::Constant& value);
  uint32_t native(const std::string& symbol);

  const ir::PolicySet& set_;
  plan::Plan& plan_;
  std::unordered_map<ir::ExpressionPtr, plan::NodeId> made_;
  std::vector<plan::SourceId> sources_;  // by number in the set
  std::unordered_map<plan::Constant, uint32_t, ConstantHash, SameConstant> constants_;
  std::unordered_map<std::string, uint32_t> natives_;
};

}  // namespace aipol::planner
