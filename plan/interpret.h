// The oracle: evaluates a plan slowly and plainly over facts. Native code must always agree with
// it.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "plan/facts.h"
#include "plan/plan.h"

namespace aipol::plan {

// Whether two values of one representation are equal.
bool same_value(Rep rep, const AipolCell& a, const AipolCell& b);

class Interpreter {
 public:
  // The plan must outlive the interpreter. Used by one thread at a time.
  explicit Interpreter(const Plan& plan);
  ~Interpreter();

  // The statements of the stage whose guards hold, ascending.
  std::vector<uint32_t> fired(const Stage& stage, const Facts& facts);
  // Of boolean nodes those that hold, in their order; no more than `most`.
  std::vector<NodeId> holding(std::span<const NodeId> nodes, const Facts& facts,
                              size_t most = ~size_t{0});
  // The value of a node; texts and lists live until the next call.
  AipolCell value(NodeId node, const Facts& facts);
  // A statement's message; empty where it has none.
  std::string message(const Statement& statement, const Facts& facts);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aipol::plan
