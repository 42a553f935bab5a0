// Conditions about `target` as they are for one model: what is declared of it is put in, its health
// and load become sources of their own, `target.healthy("gpt-4o")`.
#pragma once

#include <unordered_map>

#include "compiler/prove/shape.h"
#include "compiler/prove/terms.h"

namespace aipol::prove {

class ForTarget {
 public:
  // A model's number; nothing: conditions that are asked while there is no target. The shape and the
  // evaluator are those of the plan that the terms began with.
  ForTarget(Terms& terms, Shape& shape, Evaluator& evaluator, std::optional<size_t> model);

  plan::NodeId of(plan::NodeId node);

  // Whether a condition reads `target`.
  static bool reads(Shape& shape, plan::NodeId node);

 private:
  plan::NodeId make(plan::NodeId node);
  plan::NodeId read(const plan::Node& node);
  bool is_known(plan::NodeId node);

  Terms& terms_;
  Shape& shape_;
  Evaluator& evaluator_;
  std::optional<size_t> model_;
  World declared_;
  std::unordered_map<plan::NodeId, plan::NodeId> made_;
};

}  // namespace aipol::prove
