#include "compiler/prove/violations.h"

#include <algorithm>

namespace aipol::prove {

using plan::Effect;
using plan::NodeId;

Violations::Violations(Terms& terms, Prover& prover)
    : terms_(terms), prover_(prover), rules_(rules_of(prover.shape().plan())) {
  known_ = terms.source("model.known", plan::Rep::boolean);
  name_ = terms.source("model.name", plan::Rep::text);
  operation_ = terms.source("ai.operation", plan::Rep::integer, "Operation");
}

std::vector<Case> Violations::of(const plan::Invariant::Rule& rule) {
  NodeId condition = rule.condition;
  Effect effect = rule.effect;
  Cases out;
  auto wish = [&](Wish wish) {
    for (Case& one : out) one.wish = wish, one.effect = effect;
    return std::move(out);
  };
  if (effect == Effect::allow || effect == Effect::deny) {
    bool never_sent = (effect == Effect::allow) == rule.never;
    out = never_sent ? sent(condition, false) : denied(condition);
    return wish(never_sent ? Wish::denied : Wish::allowed);
  }
  if (effect == Effect::route) {
    out = rule.never ? sent(condition, true) : unrouted(condition);
    if (!rule.never) return wish(Wish::somewhere);
    for (Case& one : out) {
      Wish known = one.mirror ? Wish::unmirrored : Wish::elsewhere;
      one.wish = one.target ? known : Wish::nowhere;
    }
    return out;
  }
  const std::vector<NodeId>& doing = rules_.doing[effect];
  if (effect == Effect::require) {
    if (rule.never) out = refused(condition, true);
    if (!rule.never) put({.barred = doing}, {condition}, out);
    return wish(rule.never ? Wish::no_effect : Wish::effect);
  }
  bool cache = effect == Effect::cache;
  NodeId done = rule.never || cache ? any_of(doing, condition) : plan::no_node;
  if (cache) done = terms_.all({done, terms_.negation(terms_.any(rules_.cache_off))});
  for (Case& one : sent(condition, false)) {
    if (rule.never)
      put(std::move(one), {done}, out);
    else if (cache)
      put(std::move(one), {terms_.negation(done)}, out);
    else
      one.barred.insert(one.barred.end(), doing.begin(), doing.end()), out.push_back(std::move(one));
  }
  return wish(rule.never ? Wish::no_effect : Wish::effect);
}

void Violations::put(Case made, const std::vector<NodeId>& more, Cases& out) {
  for (NodeId node : more) {
    if (terms_.is_truth(node, false)) return;
    if (!terms_.is_truth(node, true)) made.goal.push_back({node, true});
  }
  out.push_back(std::move(made));
}

// Whether both can hold, as far as a look at what each asks of single sources tells.
bool Violations::compatible(NodeId a, NodeId b) {
  using Kind = Shape::Parts::Kind;
  Shape& shape = prover_.shape();
  std::map<GroupId, Goal> by_group;
  Goal left = {{a, true}, {b, true}};
  while (!left.empty()) {
    Literal literal = left.back();
    left.pop_back();
    Shape::Parts parts = shape.parts(literal);
    if (parts.kind == Kind::any && parts.parts.empty()) return false;
    if (parts.kind == Kind::any) continue;
    for (const Goal& part : parts.parts) left.insert(left.end(), part.begin(), part.end());
    if (parts.kind != Kind::leaf) continue;
    GroupId group = shape.group_of_leaf(literal.node);
    if (group != Shape::many && group != Shape::none) by_group[group].push_back(literal);
  }
  return std::ranges::none_of(by_group, [&](const auto& entry) {
    return prover_.chooser().choose(entry.first, entry.second).kind == Choice::Kind::none;
  });
}

// That one of them holds: of those that can together with the condition.
NodeId Violations::any_of(const std::vector<NodeId>& guards, NodeId condition) {
  std::vector<NodeId> parts;
  std::ranges::copy_if(guards, std::back_inserter(parts),
                       [&](NodeId guard) { return compatible(guard, condition); });
  return terms_.any(parts);
}

NodeId Violations::for_target(std::optional<size_t> model, NodeId node) {
  auto [it, fresh] =
      for_target_.try_emplace(model, terms_, prover_.shape(), prover_.evaluator(), model);
  return it->second.of(node);
}

// Whether the model can be a target: the `where` of its route holds, no `require` removes it.
NodeId Violations::passes(size_t model, NodeId where) {
  std::vector<NodeId> parts;
  if (where != plan::no_node) parts.push_back(for_target(model, where));
  for (NodeId refusal : rules_.target_refusals)
    parts.push_back(terms_.negation(for_target(model, refusal)));
  return terms_.all(parts);
}

NodeId Violations::asks_for(size_t model) {
  return terms_.is(name_, terms_.plan().deployment.models[model].name);
}

// Other calls can do without (runtime/decision/evaluation.cpp).
NodeId Violations::needs_model() {
  constexpr std::string_view without[] = {"none", "models", "files", "batch", "tool"};
  const plan::Source& operation = terms_.plan().sources[operation_];
  const auto& members = terms_.plan().enumerations[operation.enumeration].members;
  std::vector<NodeId> parts;
  for (std::string_view name : without) {
    int64_t number = std::ranges::find(members, name) - members.begin();
    parts.push_back(terms_.is(operation_, number));
  }
  return terms_.negation(terms_.any(parts));
}

// When those fire that come before one of that rank.
std::vector<NodeId> Violations::routes_before(uint32_t rank) const {
  std::vector<NodeId> out;
  for (const Route& route : rules_.routes) {
    if (route.rank < rank) out.push_back(route.fires);
  }
  return out;
}

// Whether some target may be refused, so that it matters which one a request gets.
bool Violations::about_targets() const {
  return !rules_.target_refusals.empty() || std::ranges::any_of(rules_.routes, [](const Route& r) {
    return r.where != plan::no_node || r.targets.empty();
  });
}

}  // namespace aipol::prove
