// What would be a difference: conditions for which some request is treated differently, edit by
// edit. The sets mean the same if and only if none of them can hold.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/prove/hunt.h"
#include "compiler/prove/keys.h"
#include "compiler/prove/prover.h"
#include "difference/difference.h"
#include "difference/edits.h"

namespace aipol::difference {

struct Question {
  Kind kind = Kind::allowed;
  size_t edit = 0;  // none: nothing that stands in a policy
  prove::Case wanted = {};
  // Of an effect: what is done before and no longer, what is done now and was not.
  std::vector<Act> lost = {}, gained = {};
  // Asked only where nothing was found for the questions of this edit so far.
  bool otherwise = false;
  const Rule* rule = nullptr;  // the one that makes the difference, or null
  std::string subject = {};    // of no edit: "endpoint /v1/chat/completions"
  prove::Goal besides = {};  // holds, too; of many conditions, so that `wanted` is asked for first
};
inline constexpr size_t no_edit = ~size_t{0};

class Questions {
 public:
  // The prover is of the graph's plan as it is now; the graph gets more conditions.
  Questions(Graph& graph, prove::Prover& prover, const Both<std::vector<Rule>>& rules,
            const std::vector<Edit>& edits);

  std::vector<Question> run();
  // What holds of every request.
  prove::Goal always();

 private:
  using NodeId = plan::NodeId;
  using Nodes = std::vector<NodeId>;

  // What a set lets through, before the target is chosen.
  struct Admission {
    Nodes allows, refusals, routes;     // guards, each once
    std::vector<const Rule*> refusing;  // in the order in which they answer
    std::vector<const Rule*> routing;   // the same
    Nodes of_target;                    // of what removes candidates
    NodeId model = plan::no_node;       // there is one, or none is needed
    NodeId served = plan::no_node;      // at some endpoint
  };

  Admission admission(Side side);
  NodeId needs_model();
  NodeId any_of(const Nodes& guards, NodeId condition);
  struct Asked {
    bool never = false;  // it can not hold
    std::vector<prove::Key> keys;
    std::map<prove::GroupId, prove::Goal> by_group;
  };
  const Asked& asked(NodeId condition);
  bool contradict(prove::GroupId group, prove::Goal literals);
  bool compatible(NodeId a, NodeId b);

  prove::Case admitted(Side side, NodeId condition);
  prove::Case admitted_by_both(NodeId condition);
  void add(Question question, const Nodes& more);

  // questions_decision.cpp
  void refusal_differs(size_t edit, const Rule& rule);
  void allow_differs(size_t edit, const Rule& rule);
  void deployment_differs();
  void answer_differs(size_t edit, const Rule& rule);
  Nodes answering(const Rule& rule);
  void answered_otherwise(size_t edit, const Rule& rule, const Nodes& before);
  Nodes answering_before(Side side, const Rule& rule) const;
  struct Answered {
    NodeId otherwise = plan::no_node;  // something else is answered first
    NodeId open = plan::no_node;       // nothing answers as asked about
  };
  Answered answered(Side side, const std::string& as, size_t begin, size_t end);

  // questions_effect.cpp
  void effects_differ(size_t edit);
  void effect_differs(size_t edit, const Rule& rule);
  void winner_differs(size_t edit, const Rule& rule);
  void limit_differs(size_t edit, const Rule& rule);
  void effect(size_t edit, const Rule& rule, const std::vector<Act>& acts, const Nodes& barred);
  std::vector<const Rule*> doing(Side side, const Act& act) const;
  std::vector<const Rule*> rivals(const Rule& rule) const;
  NodeId wins(const Rule& rule);

  // questions_target.cpp
  void targets_differ();
  std::optional<size_t> edit_of_targets() const;
  const Rule* rule_of(size_t edit, Side side) const;
  void asked_differs(size_t edit, size_t model);
  void route_differs(size_t edit, const Rule& before, const Rule& after);
  void candidates_differ(size_t edit, const Rule& before, const Rule& after,
                         const prove::Case& both);
  void target_answers_differ();
  void target_answer_differs(size_t edit, const Rule& rule, const prove::Case& ways,
                             const std::vector<size_t>& models, const Both<NodeId>& where);
  NodeId for_target(std::optional<size_t> model, NodeId node);
  NodeId passes(Side side, size_t model, NodeId where);
  NodeId asks_for(size_t model);

  Graph& graph_;
  prove::Terms& terms_;
  prove::Prover& prover_;
  size_t known_ = 0;  // nodes that the prover's plan has
  const Both<std::vector<Rule>>& rules_;
  const std::vector<Edit>& edits_;
  Both<Admission> admission_;
  std::map<std::optional<size_t>, prove::ForTarget> for_target_;
  std::unordered_map<NodeId, Asked> asked_;
  std::unordered_map<uint64_t, bool> compatible_;  // by both conditions
  Both<std::map<std::string, NodeId>> otherwise_;  // by answer
  std::vector<Question> out_;
};

}  // namespace aipol::difference
