// A policy set's statements as their author wrote them, and the parts of their conditions.
#pragma once

#include <string>
#include <vector>

#include "compiler/compile.h"
#include "compiler/planner/nodes.h"
#include "plan/plan.h"

namespace aipol::difference {

class Words {
 public:
  // Of a compilation with its checked set; adds nodes to the plan, which is made from that set.
  // All must outlive it.
  Words(const compiler::Compilation& compilation, plan::Plan& plan);

  // On one line: the whole statement, and without its `when`.
  std::string statement(uint32_t number) const;
  std::string effect(uint32_t number) const;
  // `@id` of the statement's policy, or its package and name.
  std::string identity(uint32_t number) const;
  std::string text(source::Span span) const;
  // The declaration of a meter.
  std::string meter(const std::string& name) const;

  // The parts of the statement's guard, in the order written.
  const std::vector<ir::Condition>& conditions(uint32_t number) const {
    return statements_[number].checked->conditions;
  }
  // In the set's plan.
  plan::NodeId node(ir::ExpressionPtr expression) { return nodes_.node(expression); }

 private:
  struct Statement {
    const ir::Policy* policy = nullptr;
    const ir::Statement* checked = nullptr;
    const ast::Statement* written = nullptr;
  };

  const compiler::Compilation& compilation_;
  planner::Nodes nodes_;
  std::vector<Statement> statements_;  // by number in the plan
};

}  // namespace aipol::difference
