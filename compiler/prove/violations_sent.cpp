// Requests that are let through.
#include <algorithm>

#include "compiler/prove/violations.h"

namespace aipol::prove {

using plan::NodeId;

std::vector<Case> Violations::sent(NodeId condition, bool to_a_model) {
  Cases ways;
  bool of_target = ForTarget::reads(prover_.shape(), condition);
  if (of_target || about_targets()) {
    for (const Route& route : rules_.routes) {
      if (compatible(route.fires, condition)) sent_by_route(route, condition, ways);
    }
    sent_as_asked(condition, ways);
  } else {
    std::vector<NodeId> taken = all_routes();
    taken.push_back(terms_.read(known_));
    put({}, {terms_.any(taken), condition}, ways);
  }
  if (!to_a_model && !of_target) {
    NodeId unknown = terms_.negation(terms_.read(known_));
    put({.barred = all_routes()}, {unknown, terms_.negation(needs_model()), condition}, ways);
  }
  return admitted(std::move(ways), condition);
}

std::vector<Case> Violations::unrouted(NodeId condition) {
  Cases ways;
  NodeId unknown = terms_.negation(terms_.read(known_));
  put({.barred = all_routes()}, {unknown, terms_.negation(needs_model()), condition}, ways);
  return admitted(std::move(ways), condition);
}

// Some policy allows it, none refuses it.
std::vector<Case> Violations::admitted(Cases ways, NodeId condition) {
  NodeId allowed = any_of(rules_.allows, condition);
  Cases out;
  for (Case& one : ways) {
    one.admitted = true;
    put(std::move(one), {allowed}, out);
  }
  return out;
}

// The route that is followed is the first by rank of those that fire.
void Violations::sent_by_route(const Route& route, NodeId condition, Cases& out) {
  Case way{.barred = routes_before(route.rank)};
  std::vector<NodeId> some;
  for (size_t model : route.targets) some.push_back(passes(model, route.where));
  if (!ForTarget::reads(prover_.shape(), condition))
    return put(way, {route.fires, terms_.any(some), condition}, out);
  for (size_t i = 0; i < route.targets.size(); ++i) {
    way.target = route.targets[i];
    way.rivals.clear();
    for (size_t j = 0; j < (route.in_order ? i : some.size()); ++j) {
      bool other = route.targets[j] != route.targets[i];
      if (other && !terms_.is_truth(some[j], false)) way.rivals.emplace_back(route.targets[j], some[j]);
    }
    put(way, {route.fires, some[i], for_target(way.target, condition)}, out);
  }
  mirrored(route, condition, out);
}

// A mirror gets a copy of what is sent to somebody, unless a `require` removes it.
void Violations::mirrored(const Route& route, NodeId condition, Cases& out) {
  if (!route.mirror) return;
  Case way{.barred = routes_before(route.rank)};
  way.target = route.mirror;
  way.mirror = true;
  way.mirrored = route.mirrored;
  std::vector<NodeId> some;
  for (size_t model : route.targets) some.push_back(passes(model, route.where));
  put(way,
      {route.fires, terms_.any(some), passes(*route.mirror, plan::no_node),
       for_target(way.target, condition)},
      out);
}

// Without a route the model that is asked for serves it.
void Violations::sent_as_asked(NodeId condition, Cases& out) {
  Case way{.barred = all_routes()};
  bool of_target = ForTarget::reads(prover_.shape(), condition);
  std::vector<NodeId> some;
  bool any = true;  // of them serves whoever asks for it
  for (size_t model = 0; model < models(); ++model) {
    NodeId can = passes(model, plan::no_node);
    any = any && terms_.is_truth(can, true);
    some.push_back(terms_.all({asks_for(model), can}));
    if (!of_target) continue;
    way.target = model;
    put(way, {some.back(), for_target(model, condition)}, out);
  }
  if (!of_target) put(way, {any ? terms_.read(known_) : terms_.any(some), condition}, out);
}

}  // namespace aipol::prove
