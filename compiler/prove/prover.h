// Whether a goal can hold for any request of a policy set: quickly where a request is easily made
// up, else by Z3.
#pragma once

#include <memory>
#include <string>

#include "compiler/prove/search.h"
#include "compiler/prove/solver.h"

namespace aipol::prove {

class Prover {
 public:
  // The plan must outlive it. What a request leaves open reads as the defaults say.
  explicit Prover(const plan::Plan& plan, Limits limits = {}, World defaults = {});

  Answer decide(const Goal& goal);
  // A request for which the goal holds, where one is quickly found.
  std::optional<World> sample(const Goal& goal) { return search_.find(goal); }

  bool holds(plan::NodeId node, const World& world) { return evaluator_.holds(node, world); }
  bool holds(const Goal& goal, const World& world) { return evaluator_.holds(goal, world); }
  // Whether one of them does.
  bool any_holds(const std::vector<plan::NodeId>& nodes, const World& world) {
    return !evaluator_.holding(nodes, world, 1).empty();
  }
  Shape& shape() { return shape_; }
  Chooser& chooser() { return chooser_; }
  Evaluator& evaluator() { return evaluator_; }

  // Why Z3 could not be asked; empty where it could be, or did not have to be.
  const std::string& trouble() const { return trouble_; }
  // Questions that got no answer.
  size_t unanswered() const { return unanswered_; }

 private:
  Limits limits_;
  Shape shape_;
  Evaluator evaluator_;
  Chooser chooser_;
  Worlds worlds_;
  Search search_;
  std::unique_ptr<Solver> solver_;
  std::string trouble_;
  size_t asked_ = 0, unanswered_ = 0;
};

}  // namespace aipol::prove
