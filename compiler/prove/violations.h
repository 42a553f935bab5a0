// What would break a rule of an invariant: questions whether a request can be so.
#pragma once

#include "compiler/prove/for_target.h"
#include "compiler/prove/prover.h"
#include "compiler/prove/rules.h"
#include "plan/tests.h"

namespace aipol::prove {

// What a test expects of a request that breaks the rule: what the rule wishes.
enum class Wish : uint8_t {
  allowed,
  denied,
  elsewhere,   // not that target
  nowhere,     // no target
  somewhere,   // some target
  unmirrored,  // not to that mirror
  effect,      // the effect, where it is allowed
  no_effect
};

struct Case {
  Goal goal = {};                         // holds of the request
  bool admitted = false;             // and nothing refuses it before a target is looked for
  std::vector<plan::NodeId> barred = {};  // and none of these holds
  Wish wish = Wish::denied;
  plan::Effect effect = plan::Effect::allow;
  std::optional<size_t> target = {};  // the model that gets the request, where it matters which
  bool mirror = false;           // it gets it as a mirror
  double mirrored = 1;           // the share of requests that a mirror gets
  // Models that may be tried before the target, and when.
  std::vector<std::pair<size_t, plan::NodeId>> rivals = {};
  std::optional<LimitRule> limit = {};  // what refuses, where its meter says so
  std::string doubt = {};               // what may refuse, where no guard tells: no test shows it
};

class Violations {
 public:
  // The prover is of the plan that the terms began with.
  Violations(Terms& terms, Prover& prover);

  // A rule is broken by some request where one of these can be. Those with a limit or a doubt are
  // worth asking only where none of the others can.
  std::vector<Case> of(const plan::Invariant::Rule& rule);

 private:
  using NodeId = plan::NodeId;
  using Cases = std::vector<Case>;

  // violations_sent.cpp: a request is sent, or answered without a model; `to_a_model`: only the
  // former.
  Cases sent(NodeId condition, bool to_a_model);
  void sent_by_route(const Route& route, NodeId condition, Cases& out);
  void mirrored(const Route& route, NodeId condition, Cases& out);
  void sent_as_asked(NodeId condition, Cases& out);
  Cases unrouted(NodeId condition);  // it is answered without a model
  Cases admitted(Cases ways, NodeId condition);

  // violations_denied.cpp
  Cases denied(NodeId condition);
  Cases refused(NodeId condition, bool by_require);
  void without_target(NodeId condition, Cases& out);
  void perhaps_denied(NodeId condition, Cases& out);
  bool may_be_asked(const plan::Question& question, NodeId condition);

  // The case, with more that has to hold, unless that can not be.
  void put(Case made, const std::vector<NodeId>& more, Cases& out);
  NodeId any_of(const std::vector<NodeId>& guards, NodeId condition);
  bool compatible(NodeId a, NodeId b);
  NodeId for_target(std::optional<size_t> model, NodeId node);
  NodeId passes(size_t model, NodeId where);
  NodeId asks_for(size_t model);
  NodeId needs_model();
  std::vector<NodeId> routes_before(uint32_t rank) const;
  std::vector<NodeId> all_routes() const { return routes_before(~0u); }
  bool about_targets() const;
  size_t models() const { return terms_.plan().deployment.models.size(); }

  Terms& terms_;
  Prover& prover_;
  Rules rules_;
  std::map<std::optional<size_t>, ForTarget> for_target_;
  plan::SourceId known_ = 0, name_ = 0, operation_ = 0;
};

}  // namespace aipol::prove
