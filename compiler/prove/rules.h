// What the enforced statements of a set do to a request, by what it means for its outcome.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "plan/plan.h"

namespace aipol::prove {

// A `route`, and whom it may pick.
struct Route {
  plan::NodeId fires = plan::no_node;
  uint32_t rank = 0;
  std::vector<size_t> targets;          // models
  bool in_order = false;                // the first that can is tried first
  plan::NodeId where = plan::no_node;   // or no_node
  std::optional<size_t> mirror;         // a model
  double mirrored = 1;                  // the share of requests that is mirrored
};

// A `limit`; one whose amount is no constant has none here.
struct LimitRule {
  uint32_t statement = 0;
  plan::NodeId fires = plan::no_node;
  uint32_t meter = 0;
  std::optional<int64_t> amount;  // the most that it lets through at once, in the meter's unit
};

// Guards, each once.
struct Rules {
  std::vector<plan::NodeId> allows;
  std::vector<plan::NodeId> refusals;         // before a target is looked for
  std::vector<plan::NodeId> target_refusals;  // that remove a candidate
  std::vector<plan::NodeId> answer_refusals;  // that cut or replace the answer
  std::vector<Route> routes;                  // by rank
  std::vector<LimitRule> limits;
  std::vector<plan::NodeId> judges;  // that may refuse by what no guard says: `waf`, `validate`
  // By effect, those that do it: no `cache off`, no `log none`.
  std::map<plan::Effect, std::vector<plan::NodeId>> doing;
  std::vector<plan::NodeId> cache_off;
};

Rules rules_of(const plan::Plan& plan);

}  // namespace aipol::prove
