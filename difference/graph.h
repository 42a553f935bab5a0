// The conditions of two plans in one graph of operations: what means the same in both is one node,
// so that parts which nobody changed need no proof.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "compiler/prove/terms.h"
#include "difference/models.h"

namespace aipol::difference {

class Graph {
 public:
  using NodeId = plan::NodeId;

  // Both plans must outlive it. Of changed documents each set reads its own.
  Graph(const plan::Plan& before, const plan::Plan& after,
        const std::set<std::string>& changed_documents);
  Graph(const Graph&) = delete;

  // A plan without statements: nodes, sources, and a deployment of both.
  const plan::Plan& plan() const { return plan_; }
  prove::Terms& terms() { return terms_; }
  const plan::Plan& of(Side side) const { return *plans_[side]; }
  const Models& models() const { return models_; }
  const Enumerations& enumerations() const { return enumerations_; }

  // A node of the set's plan, here; no_node of no_node. `enumeration`: of the set, where the value
  // is a member of it.
  NodeId node(Side side, NodeId node, uint32_t enumeration = ~0u);
  // What the set reads by that path.
  plan::SourceId read(Side side, const std::string& path, plan::Rep rep,
                      std::string_view enumeration = {});

  // The name of a meter in the plan of both: of meters that count the same one stands for all. The
  // sign `>` behind it: the set before has another of that name.
  std::string meter_name(Side side, uint32_t meter, bool with_limits);
  // What a meter counts, as a text that is the same for the same; the keys and conditions of an
  // inline limit's meter, too.
  std::string meaning(Side side, uint32_t meter);

 private:
  struct Raw {
    plan::SourceId source = 0;
    bool as_declared = true;  // the set reads just that
    std::vector<int64_t> missing;
  };

  NodeId make(Side side, NodeId node, uint32_t enumeration);
  NodeId read(Side side, const plan::Node& node);
  NodeId constant(Side side, const plan::Node& node, uint32_t enumeration);
  NodeId detecting(Side side, NodeId node);
  std::vector<NodeId> in_order(plan::Op op, const std::vector<NodeId>& arguments) const;
  uint32_t enumeration_of(Side side, NodeId node) const;
  const Raw& raw(Side side, plan::SourceId source);
  Raw make_raw(Side side, plan::SourceId source);
  std::string path(Side side, plan::SourceId source);
  std::string limits_on(Side side, uint32_t meter);
  std::string classifier_path(Side side, plan::SourceId source);
  bool absent_alike(const plan::Source& mine, const plan::Source& theirs, Side side) const;
  uint32_t detector(Side side, uint32_t own);
  uint32_t native(const std::string& symbol);

  Both<const plan::Plan*> plans_;
  Enumerations enumerations_;
  Models models_;
  const std::set<std::string>& changed_documents_;
  plan::Plan plan_;
  prove::Terms terms_;
  Both<std::map<std::pair<NodeId, uint32_t>, NodeId>> made_;
  Both<std::map<plan::SourceId, Raw>> raws_;
  Both<std::vector<std::optional<std::string>>> meanings_;
  std::unordered_map<std::string, uint32_t> natives_;
};

}  // namespace aipol::difference
