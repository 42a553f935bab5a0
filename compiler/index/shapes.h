// Takes the constants out of expressions: what is left is a piece of a shape, they are its operands.
#pragma once

#include <unordered_map>

#include "compiler/index/domains.h"

namespace aipol::compiler {

// An expression of the plan without its constants.
struct Abstract {
  plan::NodeId node = plan::no_node;        // in StageLayout::code, parameters counted from word 0
  std::vector<plan::Parameter> parameters;  // ascending by word
  std::vector<uint64_t> operands;
  uint32_t words = 0;
};

class Abstraction {
 public:
  Abstraction(const plan::Plan& plan, Values& values, Domains& domains, plan::StageLayout& layout)
      : plan_(plan), values_(values), domains_(domains), layout_(layout) {}

  // First, for all that is abstracted later.
  void survey(plan::NodeId node);
  // Kept: the reference stays valid.
  const Abstract& abstract(Conjunct conjunct);

 private:
  plan::NodeId rewrite(plan::NodeId node);
  plan::NodeId rewrite_anew(plan::NodeId node);
  plan::NodeId rewrite_test(const SetTest& test);
  plan::NodeId rewrite_constant(plan::NodeId node);
  plan::NodeId rewrite_match(plan::NodeId node, plan::Parameter::Kind kind);
  plan::NodeId parameter(plan::Parameter::Kind kind, uint64_t operand, plan::Rep rep);
  const std::optional<SetTest>& test_of(plan::NodeId node);

  const plan::Plan& plan_;
  Values& values_;
  Domains& domains_;
  plan::StageLayout& layout_;
  std::vector<bool> surveyed_;
  std::unordered_map<plan::NodeId, std::optional<SetTest>> tests_;
  std::unordered_map<uint64_t, Abstract> abstracts_;         // by conjunct
  Abstract* current_ = nullptr;
  std::unordered_map<plan::NodeId, plan::NodeId> rewritten_;  // within the current expression
};

}  // namespace aipol::compiler
