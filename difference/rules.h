// Statements as a comparison sees them: conditions in the graph of both sets, and what they do
// taken apart into acts, so that two statements which do the same have the same acts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "difference/graph.h"

namespace aipol::difference {

// One thing that a statement does where it fires: a sink that records go to, a detector that
// redacts a request.
struct Act {
  std::string key;   // equal where the same is done
  std::string text;  // for people: "log to audit"
};

struct Rule {
  Side side = Side::before;
  uint32_t number = 0;  // in the set's plan
  plan::Effect effect = plan::Effect::allow;
  bool shadow = false;
  plan::Phase phase = plan::Phase::head;
  uint32_t rank = 0;
  plan::NodeId guard = plan::no_node;
  // Of a refusal: what the client is told, equal where it is the same.
  std::string answer;
  bool before_model = false;  // it answers, too, where the model is unknown
  std::vector<Act> acts;
  std::string field;  // of `set`: what is written; of those on one field the first by rank counts
  bool own_counter = false;  // an inline limit: counts what it itself applies to
  // Of a route: models by their numbers in the graph's plan.
  std::vector<size_t> targets;
  bool in_order = false;
  std::optional<size_t> mirror;
  plan::NodeId where = plan::no_node;

  bool allows() const { return effect == plan::Effect::allow && !shadow; }
  bool refuses() const { return plan::refuses(effect) && !shadow; }
  bool of_target() const { return refuses() && phase == plan::Phase::target; }
  bool routes() const { return effect == plan::Effect::route && !shadow; }
  // Equal where the statements mean the same but for who comes first.
  std::string signature() const;
};

// By number in the set's plan.
std::vector<Rule> rules_of(Graph& graph, Side side);

}  // namespace aipol::difference
