// Whom a request may be sent to: what `require` says of targets, and `where` of a route.
#include <algorithm>

#include "difference/questions.h"

namespace aipol::difference {

using plan::NodeId;
using prove::Case;

namespace {

Kind lost_by(Side refusing) { return refusing == Side::after ? Kind::denied : Kind::allowed; }

}  // namespace

NodeId Questions::for_target(std::optional<size_t> model, NodeId node) {
  auto [it, fresh] =
      for_target_.try_emplace(model, terms_, prover_.shape(), prover_.evaluator(), model);
  return it->second.of(node);
}

NodeId Questions::passes(Side side, size_t model, NodeId where) {
  Nodes parts;
  if (where != plan::no_node) parts.push_back(for_target(model, where));
  for (NodeId refusal : admission_[side].of_target)
    parts.push_back(terms_.negation(for_target(model, refusal)));
  return terms_.all(parts);
}

NodeId Questions::asks_for(size_t model) {
  auto name = terms_.source("model.name", plan::Rep::text);
  return terms_.is(name, graph_.plan().deployment.models[model].name);
}

// The first edit of what removes candidates.
std::optional<size_t> Questions::edit_of_targets() const {
  for (size_t i = 0; i < edits_.size(); ++i) {
    for (Side side : sides) {
      const Rule* rule = edits_[i].of(side);
      if (rule != nullptr && !edits_[i].moved && rule->of_target()) return i;
    }
  }
  return std::nullopt;
}

void Questions::targets_differ() {
  auto sorted = [](Nodes nodes) {
    std::ranges::sort(nodes);
    return nodes;
  };
  bool removed = sorted(admission_.before.of_target) != sorted(admission_.after.of_target);
  size_t edit = edit_of_targets().value_or(no_edit);
  if (removed) {
    for (size_t model = 0; model < graph_.plan().deployment.models.size(); ++model)
      asked_differs(edit, model);
  }
  target_answers_differ();
  for (const Rule* before : admission_.before.routing) {
    for (const Rule* after : admission_.after.routing) {
      if (before->acts[0].key != after->acts[0].key) continue;
      if (before->where == after->where && !removed) continue;
      size_t of = edit;
      for (size_t i = 0; i < edits_.size(); ++i) {
        if (edits_[i].before == before && edits_[i].after == after) of = i;
      }
      route_differs(of, *before, *after);
    }
  }
}

const Rule* Questions::rule_of(size_t edit, Side side) const {
  if (edit == no_edit) return nullptr;
  const Rule* rule = edits_[edit].of(side);
  return rule == nullptr ? edits_[edit].of(other(side)) : rule;
}

// Without a route the model that is asked for serves it.
void Questions::asked_differs(size_t edit, size_t model) {
  for (Side side : sides) {
    NodeId lets = passes(other(side), model, plan::no_node),
           not_here = terms_.negation(passes(side, model, plan::no_node));
    Question question{
        .kind = lost_by(side), .edit = edit, .wanted = admitted_by_both(asks_for(model))};
    for (Side of : sides) {
      for (NodeId route : admission_[of].routes) question.wanted.barred.push_back(route);
    }
    question.rule = rule_of(edit, side);
    add(std::move(question), {lets, not_here});
  }
}

void Questions::route_differs(size_t edit, const Rule& before, const Rule& after) {
  Both<const Rule*> routes{&before, &after};
  Case both = admitted_by_both(before.guard);
  both.goal.push_back({after.guard, true});
  for (Side side : sides) {
    for (const Rule* one : rivals(*routes[side])) both.barred.push_back(one->guard);
  }
  Both<Nodes> pass;
  for (Side side : sides) {
    for (size_t model : routes[side]->targets)
      pass[side].push_back(passes(side, model, routes[side]->where));
  }
  for (Side side : sides) {
    Question question{.kind = lost_by(side), .edit = edit, .wanted = both};
    question.rule = edit == no_edit ? nullptr : &after;
    add(std::move(question),
        {terms_.any(pass[other(side)]), terms_.negation(terms_.any(pass[side]))});
  }
  bool ordered = before.in_order && after.in_order && before.targets == after.targets;
  if (!ordered) return candidates_differ(edit, before, after, both);
  // The first that can gets it.
  auto first = [&](Side side, size_t i) {
    Nodes parts = {pass[side][i]};
    for (size_t j = 0; j < i; ++j) parts.push_back(terms_.negation(pass[side][j]));
    return terms_.all(parts);
  };
  for (size_t i = 0; i < before.targets.size(); ++i) {
    for (size_t j = 0; j < before.targets.size(); ++j) {
      if (before.targets[i] == before.targets[j]) continue;
      auto act = [&](size_t target) {
        const std::string& name = graph_.plan().deployment.models[before.targets[target]].name;
        return Act{"target " + name, "goes to " + name};
      };
      add({Kind::effect, edit, both, {act(i)}, {act(j)}, false, &after},
          {first(Side::before, i), first(Side::after, j)});
    }
  }
  candidates_differ(edit, before, after, both);
}

// Those that may be tried after the first, or in any order, and the mirror.
void Questions::candidates_differ(size_t edit, const Rule& before, const Rule& after,
                                  const Case& both) {
  Both<const Rule*> routes{&before, &after};
  auto ask = [&](size_t model, Both<NodeId> where) {
    const std::string& name = graph_.plan().deployment.models[model].name;
    std::vector<Act> act = {{"candidate " + name, "may go to " + name}};
    for (Side side : sides) {
      Question question{Kind::effect, edit, both, {}, {}, true, &after};
      (side == Side::before ? question.lost : question.gained) = act;
      add(std::move(question), {passes(side, model, where[side]),
                                terms_.negation(passes(other(side), model, where[other(side)]))});
    }
  };
  for (size_t model : after.targets) ask(model, {routes.before->where, routes.after->where});
  if (after.mirror) ask(*after.mirror, {plan::no_node, plan::no_node});
}

// What is said where nobody is left.
void Questions::target_answers_differ() {
  for (size_t edit = 0; edit < edits_.size(); ++edit) {
    for (Side side : {Side::after, Side::before}) {
      const Rule* rule = edits_[edit].of(side);
      if (rule == nullptr || !rule->of_target()) continue;
      for (size_t model = 0; model < graph_.plan().deployment.models.size(); ++model) {
        Case ways = admitted_by_both(asks_for(model));
        for (Side of : sides) {
          for (NodeId route : admission_[of].routes) ways.barred.push_back(route);
        }
        target_answer_differs(edit, *rule, ways, {model}, {plan::no_node, plan::no_node});
      }
      for (const Rule* route : admission_[side].routing) {
        Case ways = admitted_by_both(route->guard);
        target_answer_differs(edit, *rule, ways, route->targets, {route->where, route->where});
      }
    }
  }
}

void Questions::target_answer_differs(size_t edit, const Rule& rule, const Case& ways,
                                      const std::vector<size_t>& models,
                                      const Both<NodeId>& where) {
  Nodes goal, removed;
  for (size_t model : models) {
    for (Side side : sides) goal.push_back(terms_.negation(passes(side, model, where[side])));
    Nodes answers = {for_target(model, rule.guard)};
    for (const Rule& one : rules_[rule.side]) {
      if (one.of_target() && one.rank < rule.rank)
        answers.push_back(terms_.negation(for_target(model, one.guard)));
    }
    removed.push_back(terms_.all(answers));
  }
  goal.push_back(terms_.any(removed));
  add({Kind::answered, edit, ways, {}, {}, true, &rule}, goal);
}

}  // namespace aipol::difference
