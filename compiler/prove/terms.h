// Conditions made of a set's conditions: nodes added to a plan of the prover's own.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/prove/world.h"

namespace aipol::prove {

class Terms {
 public:
  using NodeId = plan::NodeId;
  using SourceId = plan::SourceId;

  explicit Terms(plan::Plan& plan);

  plan::Plan& plan() { return plan_; }

  NodeId truth(bool value) { return constant(value, plan::Rep::boolean); }
  NodeId constant(const plan::Constant& value, plan::Rep rep);
  NodeId read(SourceId source);
  NodeId has(SourceId source);
  NodeId equal(NodeId a, NodeId b);
  NodeId is(SourceId source, const plan::Constant& value) {
    return equal(read(source), constant(value, plan_.sources[source].rep));
  }
  NodeId negation(NodeId a);
  NodeId all(const std::vector<NodeId>& parts) { return joined(parts, true); }
  NodeId any(const std::vector<NodeId>& parts) { return joined(parts, false); }
  NodeId on_path(SourceId path, std::vector<std::string> globs);
  // Connectives of what is known are worked out.
  NodeId add(plan::Node like, std::vector<NodeId> arguments);

  bool is_truth(NodeId node, bool value) const;

  // Of the plan; nothing where no condition reads it.
  std::optional<SourceId> find(std::string_view path) const;
  // The same, put into the plan where it is not there. Of members of an enumeration with its name.
  SourceId source(std::string path, plan::Rep rep, std::string_view enumeration = {});
  SourceId source(plan::Source source);

 private:
  NodeId joined(const std::vector<NodeId>& parts, bool all);

  plan::Plan& plan_;
  std::map<plan::Constant, uint32_t> constants_;
};

}  // namespace aipol::prove
