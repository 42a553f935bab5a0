// What is computed in which phase.
#include "compiler/planner/stages.h"

#include <doctest.h>

#include "plan/validate.h"
#include "tests/support/plan_builder.h"

namespace aipol::testing {

namespace {

using plan::NodeId;
using plan::Phase;
using plan::Rep;

const plan::Stage* stage_of(const plan::Plan& plan, Phase phase) {
  auto found = std::ranges::find(plan.stages, phase, &plan::Stage::phase);
  return found == plan.stages.end() ? nullptr : &*found;
}

bool computes(const plan::Plan& plan, Phase phase, NodeId node) {
  const plan::Stage* stage = stage_of(plan, phase);
  return stage != nullptr && std::ranges::binary_search(stage->computed, node);
}

}  // namespace

TEST_CASE("arguments and meters are computed from when they are known on") {
  PlanBuilder builder;
  builder.plan.stages.clear();
  auto source = [&](const char* path, Rep rep, Phase phase) {
    NodeId node = builder.source(path, rep);
    builder.plan.sources.back().phase = phase;
    return node;
  };
  NodeId mfa = source("principal.mfa", Rep::boolean, Phase::head);
  NodeId id = source("principal.id", Rep::text, Phase::head);
  NodeId prompt = source("ai.prompt", Rep::text, Phase::body);
  NodeId healthy = source("target.healthy", Rep::boolean, Phase::target);
  NodeId tokens = source("usage.output_tokens", Rep::integer, Phase::end);
  NodeId fixed = builder.text("fixed");
  auto add = [&](plan::Effect effect, Phase phase, std::vector<plan::Argument> arguments) {
    plan::Statement statement;
    statement.effect = effect;
    statement.phase = phase;
    statement.guard = mfa;
    statement.arguments = std::move(arguments);
    builder.plan.statements.push_back(std::move(statement));
  };
  auto argument = [](const char* name, NodeId value) { return plan::Argument{.name = name, .values = {value}}; };
  add(plan::Effect::set, Phase::head, {argument("field", fixed), argument("value", id)});
  add(plan::Effect::set, Phase::head, {argument("field", fixed), argument("value", prompt)});
  add(plan::Effect::route, Phase::head, {argument("where", mfa)});
  add(plan::Effect::route, Phase::head, {argument("where", healthy)});
  plan::Meter meter;
  meter.keys = {id};
  meter.sum = tokens;
  builder.plan.meters.push_back(meter);
  planner::plan_stages(builder.plan);

  const plan::Plan& plan = builder.plan;
  CHECK(plan::validate(plan) == std::nullopt);
  CHECK(computes(plan, Phase::head, id));
  CHECK_FALSE(computes(plan, Phase::head, fixed));
  CHECK_FALSE(computes(plan, Phase::head, prompt));
  CHECK(computes(plan, Phase::body, prompt));
  CHECK(computes(plan, Phase::target, mfa));
  CHECK(computes(plan, Phase::target, healthy));
  CHECK(computes(plan, Phase::end, tokens));
  CHECK(stage_of(plan, Phase::output) == nullptr);
  CHECK(stage_of(plan, Phase::head)->statements == std::vector<uint32_t>{0, 1, 2, 3});
  CHECK(stage_of(plan, Phase::body)->demand == std::vector<plan::SourceId>{2});
  CHECK(stage_of(plan, Phase::target)->demand == std::vector<plan::SourceId>{0, 3});
}

}  // namespace aipol::testing
