// Expression trees -> nodes of the plan.
#pragma once

#include <map>
#include <unordered_map>

#include "compiler/ir/policy_set.h"
#include "plan/plan.h"

namespace aipol::planner {

plan::Rep rep_of(ir::TypePtr type);

class Nodes {
 public:
  explicit Nodes(plan::Plan& plan);
  plan::NodeId node(ir::ExpressionPtr expression);

 private:
  uint32_t payload(const ir::Expression& expression);
  uint32_t constant(const plan::Constant& value);
  uint32_t native(const std::string& symbol);

  plan::Plan& plan_;
  std::unordered_map<ir::ExpressionPtr, plan::NodeId> made_;
  std::map<plan::Constant, uint32_t> constants_;
  std::map<std::string, uint32_t> natives_;
};

}  // namespace aipol::planner
