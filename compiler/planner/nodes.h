// Expression trees -> nodes of the plan, with the sources, constants and natives that they name.
#pragma once

#include <map>
#include <unordered_map>

#include "compiler/ir/policy_set.h"
#include "plan/plan.h"

namespace aipol::planner {

class Nodes {
 public:
  Nodes(const ir::PolicySet& set, plan::Plan& plan);
  plan::NodeId node(ir::ExpressionPtr expression);
  plan::NodeId integer(int64_t value);
  // The number in the plan of a source of the set.
  plan::SourceId source_of(uint32_t number) { return source(set_.sources[number]); }

 private:
  uint32_t payload(const ir::Expression& expression);
  uint32_t source(const ir::Source& source);
  uint32_t constant(const plan::Constant& value);
  uint32_t native(const std::string& symbol);

  const ir::PolicySet& set_;
  plan::Plan& plan_;
  std::unordered_map<ir::ExpressionPtr, plan::NodeId> made_;
  std::map<std::pair<std::string, std::string>, uint32_t> sources_;  // by path and key
  std::map<plan::Constant, uint32_t> constants_;
  std::map<std::string, uint32_t> natives_;
};

}  // namespace aipol::planner
