#include "compiler/planner/planner.h"

#include <algorithm>

#include "base/overloaded.h"
#include "compiler/planner/nodes.h"
#include "compiler/planner/places.h"
#include "compiler/planner/policies.h"
#include "compiler/planner/ranks.h"
#include "compiler/planner/renumber.h"
#include "compiler/planner/stages.h"
#include "compiler/planner/version.h"
#include "compiler/types/representation.h"

namespace aipol::planner {

namespace {

void plan_meters(const ir::PolicySet& set, Nodes& nodes, plan::Plan& out) {
  for (const ir::Meter& meter : set.meters) {
    plan::Meter& planned = out.meters.emplace_back();
    planned.name = meter.name;
    planned.package = meter.package;
    planned.measure = meter.measure;
    planned.window = meter.window;
    planned.zone = meter.zone;
    planned.unit = types::unit_of(meter.amount);
    for (ir::ExpressionPtr key : meter.keys) planned.keys.push_back(nodes.node(key));
    planned.where = nodes.node_or_none(meter.where);
    planned.sum = nodes.node_or_none(meter.sum);
    planned.phase = meter.phase;
  }
}

void plan_policies(const ir::PolicySet& set, const source::Files& files, plan::Plan& out) {
  Nodes nodes(set, out);
  plan_meters(set, nodes, out);
  for (const ir::Question& question : set.questions) {
    plan::NodeId source = nodes.source_of(question.source);
    out.questions.push_back({question.classifier, nodes.node(question.text), source});
  }
  for (const ir::Policy& policy : set.policies) plan_policy(set, policy, files, nodes, out);
}

bool is_twin(const plan::Meter& meter) { return meter.twin_of != plan::no_meter; }

}  // namespace

plan::Plan plan(const ir::PolicySet& set, const source::Files& files) {
  plan::Plan out;
  for (const types::Enumeration& e : set.schema.enumerations)
    out.enumerations.push_back({e.name, e.members, e.open});
  out.detectors = set.detectors;
  out.documents = set.documents;
  plan_policies(set, files, out);
  rank_refusals(out);
  // A limit of a shadow policy named the meter that its twin stands for.
  if (std::ranges::any_of(out.meters, is_twin)) renumber(out);
  plan_stages(out);
  out.deployment = set.deployment;
  out.version = version_of(out);
  return out;
}

namespace {

plan::Given given(const std::vector<ir::SendField>& fields) {
  plan::Given out;
  for (const ir::SendField& field : fields) out.emplace_back(field.path, field.value);
  return out;
}

}  // namespace

std::vector<plan::Invariant> plan_invariants(const ir::PolicySet& set, const source::Files& files,
                                             plan::Plan& plan) {
  Nodes nodes(set, plan);
  std::vector<plan::Invariant> out;
  for (const ir::Invariant& invariant : set.invariants) {
    plan::Invariant& planned = out.emplace_back();
    planned.name = invariant.name;
    planned.place = place_of(files, invariant.span);
    for (const ir::Invariant::Rule& rule : invariant.rules) {
      planned.rules.push_back(
          {rule.never, rule.effect, nodes.node(rule.condition), place_of(files, rule.span)});
    }
  }
  return out;
}

std::vector<plan::Test> plan_tests(const ir::PolicySet& set, const source::Files& files,
                                   plan::Plan& plan) {
  Nodes nodes(set, plan);
  std::vector<plan::Test> out;
  for (const ir::Test& test : set.tests) {
    plan::Test planned{test.name, place_of(files, test.span), {}, {}};
    if (test.row) planned.row = place_of(files, *test.row);
    for (const ir::TestStep& step : test.steps) {
      std::visit(
          Overloaded{
              [&](const ir::Send& send) {
                plan::Send out_send{{}, send.headers, send.query, {}, place_of(files, send.span)};
                out_send.fields = given(send.fields);
                out_send.reply = given(send.reply);
                planned.steps.emplace_back(std::move(out_send));
              },
              [&](const ir::At& at) {
                planned.steps.emplace_back(plan::At{at.time, place_of(files, at.span)});
              },
              [&](const ir::After& after) {
                planned.steps.emplace_back(
                    plan::After{after.nanoseconds, place_of(files, after.span)});
              },
              [&](const ir::GivenTarget& target) {
                planned.steps.emplace_back(plan::GivenTarget{target.model, given(target.fields),
                                                             place_of(files, target.span)});
              },
              [&](const ir::GivenData& data) {
                planned.steps.emplace_back(
                    plan::GivenData{data.document, data.json, place_of(files, data.span)});
              },
              [&](const ir::Expectation& e) {
                planned.steps.emplace_back(
                    plan::Expectation{nodes.node(e.condition), e.text, place_of(files, e.span)});
              },
          },
          step.node);
    }
    out.push_back(std::move(planned));
  }
  return out;
}

}  // namespace aipol::planner
