// Requests as the proofs make them up: what some sources read, the rest as if nothing were sent.
// What holds of them is asked of the interpreter, which is what policies mean.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "plan/cells.h"
#include "plan/interpret.h"
#include "plan/plan.h"
#include "stdlib/native/detect.h"
#include "stdlib/native/document.h"

namespace aipol::prove {

// The values of the sources that matter; no value: absent.
using World = std::map<plan::SourceId, std::optional<plan::Constant>>;

// A boolean node and what it has to be.
struct Literal {
  plan::NodeId node = plan::no_node;
  bool wanted = true;
  auto operator<=>(const Literal&) const = default;
};
using Goal = std::vector<Literal>;  // all of them

// What an absent value of the source reads as.
plan::Constant zero_of(const plan::Source& source);

class Evaluator {
 public:
  // The plan must outlive it. What a world says nothing of reads as the defaults say, else as
  // absent.
  explicit Evaluator(const plan::Plan& plan, World defaults = {});

  bool holds(plan::NodeId node, const World& world);
  bool holds(const Goal& goal, const World& world);
  // Of the nodes those that hold; no more than `most`.
  std::vector<plan::NodeId> holding(const std::vector<plan::NodeId>& nodes, const World& world,
                                    size_t most = ~size_t{0});
  // Of a node that is a boolean, a number or a text.
  plan::Constant value(plan::NodeId node, const World& world);
  std::vector<std::string> texts(plan::NodeId node, const World& world);  // of a list of them

 private:
  void fill(const World& world);
  void give_handles();

  const plan::Plan& plan_;
  plan::Interpreter interpreter_;
  const World given_;
  plan::CellStore given_store_;
  plan::Facts defaults_, facts_;
  std::vector<plan::SourceId> filled_;
  std::optional<plan::CellStore> store_;
  // What handles are of: the set's detectors, and documents with nothing in them.
  std::optional<native::Detectors> detectors_;
  native::Document document_;
  std::deque<native::Document> documents_;  // of the world, where it says what they hold
};

}  // namespace aipol::prove
