#include "difference/questions.h"

#include <algorithm>

#include "compiler/prove/producible.h"

namespace aipol::difference {

using plan::NodeId;
using prove::Case;

namespace {

void put_once(std::vector<NodeId>& list, NodeId node) {
  if (std::ranges::find(list, node) == list.end()) list.push_back(node);
}

}  // namespace

Questions::Questions(Graph& graph, prove::Prover& prover, const Both<std::vector<Rule>>& rules,
                     const std::vector<Edit>& edits)
    : graph_(graph),
      terms_(graph.terms()),
      prover_(prover),
      known_(prover.shape().plan().code.size()),
      rules_(rules),
      edits_(edits) {
  for (Side side : sides) admission_[side] = admission(side);
}

Questions::Admission Questions::admission(Side side) {
  Admission out;
  std::set<NodeId> allows, refusals;
  for (const Rule& rule : rules_[side]) {
    if (rule.allows() && allows.insert(rule.guard).second) out.allows.push_back(rule.guard);
    if (rule.routes()) out.routing.push_back(&rule), put_once(out.routes, rule.guard);
    if (rule.of_target()) put_once(out.of_target, rule.guard);
    if (!rule.refuses() || rule.of_target()) continue;
    out.refusing.push_back(&rule);
    if (refusals.insert(rule.guard).second) out.refusals.push_back(rule.guard);
  }
  std::ranges::sort(out.refusing, {}, [](const Rule* r) { return std::pair(r->phase, r->rank); });
  std::ranges::sort(out.routing, {}, &Rule::rank);
  Nodes ways = out.routes;
  ways.push_back(terms_.read(graph_.read(side, "model.known", plan::Rep::boolean)));
  ways.push_back(terms_.negation(needs_model()));
  out.model = terms_.any(ways);
  std::vector<std::string> globs;
  for (const plan::Endpoint& one : graph_.of(side).deployment.endpoints) globs.push_back(one.glob);
  for (const plan::Prompt& one : graph_.of(side).deployment.prompts)
    globs.push_back("/v1/prompts/" + one.name);
  auto path = terms_.source("request.path", plan::Rep::text);
  out.served = terms_.on_path(path, std::move(globs));
  return out;
}

// runtime/decision/evaluation.cpp
NodeId Questions::needs_model() {
  constexpr std::string_view without[] = {"none", "models", "files", "batch", "tool"};
  auto operation = terms_.source("ai.operation", plan::Rep::integer, "Operation");
  const auto& members =
      graph_.plan().enumerations[graph_.plan().sources[operation].enumeration].members;
  Nodes parts;
  for (std::string_view name : without)
    parts.push_back(
        terms_.is(operation, int64_t{std::ranges::find(members, name) - members.begin()}));
  return terms_.negation(terms_.any(parts));
}

// What a condition asks of single values, as far as a look tells: of alternatives nothing.
const Questions::Asked& Questions::asked(NodeId condition) {
  auto [it, fresh] = asked_.try_emplace(condition);
  Asked& out = it->second;
  if (!fresh) return out;
  using PartsKind = prove::Shape::Parts::Kind;
  prove::Shape& shape = prover_.shape();
  out.keys = prove::keys_of(shape, condition);
  prove::Goal left = {{condition, true}};
  while (!left.empty()) {
    prove::Literal literal = left.back();
    left.pop_back();
    prove::Shape::Parts parts = shape.parts(literal);
    if (parts.kind == PartsKind::any && parts.parts.empty()) out.never = true;
    if (parts.kind == PartsKind::any) continue;
    for (const prove::Goal& part : parts.parts) left.insert(left.end(), part.begin(), part.end());
    if (parts.kind != PartsKind::leaf) continue;
    prove::GroupId group = shape.group_of_leaf(literal.node);
    if (group < prove::Shape::none) out.by_group[group].push_back(literal);
  }
  for (const auto& [group, literals] : out.by_group)
    out.never |= literals.size() > 1 && contradict(group, literals);
  return out;
}

bool Questions::contradict(prove::GroupId group, prove::Goal literals) {
  return prover_.chooser().choose(group, std::move(literals)).kind == prove::Choice::Kind::none;
}

// Whether both can hold, as far as a look at what each asks of single values tells.
bool Questions::compatible(NodeId a, NodeId b) {
  if (a >= known_ || b >= known_) return true;
  auto [it, fresh] = compatible_.try_emplace(uint64_t{a} << 32 | b, true);
  if (!fresh) return it->second;
  const Asked &one = asked(a), &other = asked(b);
  if (one.never || other.never || prove::exclusive(one.keys, other.keys)) return it->second = false;
  return it->second = std::ranges::none_of(one.by_group, [&](const auto& entry) {
           auto same = other.by_group.find(entry.first);
           if (same == other.by_group.end()) return false;
           prove::Goal both = entry.second;
           both.insert(both.end(), same->second.begin(), same->second.end());
           return contradict(entry.first, std::move(both));
         });
}

NodeId Questions::any_of(const Nodes& guards, NodeId condition) {
  if (std::ranges::find(guards, condition) != guards.end()) return terms_.truth(true);
  Nodes parts;
  for (NodeId guard : guards) {
    if (compatible(guard, condition)) parts.push_back(guard);
  }
  return terms_.any(parts);
}

// Some policy of the set allows it, none refuses it, and there is a model for it.
Case Questions::admitted(Side side, NodeId condition) {
  const Admission& by = admission_[side];
  Case out;
  out.barred = by.refusals;
  out.goal = {{condition, true}, {any_of(by.allows, condition), true}, {by.model, true}};
  if (graph_.models().endpoints_differ()) out.goal.push_back({by.served, true});
  return out;
}

Case Questions::admitted_by_both(NodeId condition) {
  Case out = admitted(Side::before, condition), more = admitted(Side::after, condition);
  for (prove::Literal literal : more.goal) {
    if (std::ranges::find(out.goal, literal) == out.goal.end()) out.goal.push_back(literal);
  }
  std::set<NodeId> barred(out.barred.begin(), out.barred.end());
  for (NodeId node : more.barred) {
    if (barred.insert(node).second) out.barred.push_back(node);
  }
  return out;
}

void Questions::add(Question question, const Nodes& more) {
  for (NodeId node : more) question.wanted.goal.push_back({node, true});
  prove::Goal goal;
  for (prove::Literal literal : question.wanted.goal) {
    if (terms_.is_truth(literal.node, !literal.wanted)) return;
    if (!terms_.is_truth(literal.node, literal.wanted)) goal.push_back(literal);
  }
  question.wanted.goal = std::move(goal);
  std::erase_if(question.wanted.barred, [&](NodeId node) { return terms_.is_truth(node, false); });
  bool never = std::ranges::any_of(question.wanted.barred,
                                   [&](NodeId node) { return terms_.is_truth(node, true); });
  if (!never) out_.push_back(std::move(question));
}

prove::Goal Questions::always() {
  return {{prove::callers(terms_), true}, {prove::arrivals(terms_), true}};
}

std::vector<Question> Questions::run() {
  for (size_t edit = 0; edit < edits_.size(); ++edit) {
    for (Side side : {Side::after, Side::before}) {
      const Rule* rule = edits_[edit].of(side);
      if (rule == nullptr || edits_[edit].moved) continue;
      if (rule->refuses() && !rule->of_target()) refusal_differs(edit, *rule);
      if (rule->allows()) allow_differs(edit, *rule);
    }
    effects_differ(edit);
    for (Side side : {Side::after, Side::before}) {
      const Rule* rule = edits_[edit].of(side);
      if (rule != nullptr && rule->refuses() && !rule->of_target()) answer_differs(edit, *rule);
    }
  }
  deployment_differs();
  targets_differ();
  return std::move(out_);
}

}  // namespace aipol::difference
