// Requests that are refused.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/prove/violations.h"

namespace aipol::prove {

using plan::NodeId;

std::vector<Case> Violations::denied(NodeId condition) {
  Cases out = refused(condition, false);
  put({.barred = rules_.allows}, {condition}, out);
  // A model that nobody serves.
  put({.barred = all_routes()},
      {terms_.negation(terms_.read(known_)), needs_model(), condition}, out);
  perhaps_denied(condition, out);
  return out;
}

// By a policy, or by a `require` alone.
std::vector<Case> Violations::refused(NodeId condition, bool by_require) {
  const std::vector<NodeId>& by = rules_.doing[plan::Effect::require];
  auto some_of = [&](const std::vector<NodeId>& refusals) {
    std::vector<NodeId> parts;
    for (NodeId guard : refusals) {
      bool counts = !by_require || std::ranges::find(by, guard) != by.end();
      // No target is known before the request is sent, nor afterwards.
      if (counts && compatible(guard, condition)) parts.push_back(for_target(std::nullopt, guard));
    }
    return terms_.any(parts);
  };
  Cases out;
  put({}, {some_of(rules_.refusals), condition}, out);
  put({}, {some_of(rules_.answer_refusals), condition}, out);
  if (!by_require || !rules_.target_refusals.empty()) without_target(condition, out);
  return out;
}

// Nobody is left who could be asked.
void Violations::without_target(NodeId condition, Cases& out) {
  auto none_of = [&](const std::vector<size_t>& models, NodeId where) {
    std::vector<NodeId> parts;
    for (size_t model : models) parts.push_back(terms_.negation(passes(model, where)));
    return terms_.all(parts);
  };
  for (const Route& route : rules_.routes) {
    if (!compatible(route.fires, condition)) continue;
    put({.barred = routes_before(route.rank)},
        {none_of(route.targets, route.where), route.fires, condition}, out);
  }
  for (size_t model = 0; model < models(); ++model) {
    put({.barred = all_routes()}, {none_of({model}, plan::no_node), asks_for(model), condition},
        out);
  }
}

void Violations::perhaps_denied(NodeId condition, Cases& out) {
  const plan::Plan& plan = terms_.plan();
  for (const LimitRule& limit : rules_.limits) {
    if (!compatible(limit.fires, condition)) continue;
    // It refuses only what its meter counts.
    NodeId counted = plan.meters[limit.meter].where;
    if (counted == plan::no_node) counted = terms_.truth(true);
    put({.limit = limit}, {limit.fires, counted, condition}, out);
  }
  put({.doubt = "`waf` or `validate` may refuse it"}, {any_of(rules_.judges, condition), condition},
      out);
  for (const plan::Question& question : plan.questions) {
    const plan::Classifier& classifier = plan.deployment.classifiers[question.classifier];
    if (classifier.deny_on_error && may_be_asked(question, condition))
      put({.doubt = fmt::format("it is refused where the classifier {} fails", classifier.name)},
          {condition}, out);
  }
}

// A classifier runs where a decision depends on it.
bool Violations::may_be_asked(const plan::Question& question, NodeId condition) {
  Shape& shape = prover_.shape();
  return std::ranges::any_of(shape.plan().statements, [&](const plan::Statement& statement) {
    return std::ranges::binary_search(shape.sources(statement.guard), question.source) &&
           compatible(statement.guard, condition);
  });
}

}  // namespace aipol::prove
