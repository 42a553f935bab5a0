#include "compiler/planner/planner.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "base/overloaded.h"
#include "base/text.h"
#include "base/utf8.h"
#include "compiler/planner/nodes.h"
#include "compiler/planner/stages.h"
#include "compiler/planner/version.h"
#include "compiler/types/representation.h"

namespace aipol::planner {

namespace {

plan::Place place_of(const source::Files& files, source::Span span) {
  const source::File& file = files[span.file];
  source::LineColumn begin = file.locate(span.begin), end = file.locate(span.end);
  return {file.path(), begin.line, begin.column, end.line, end.column};
}

// The text of a place on one line, cut where it is long.
std::string text_of(const source::Files& files, source::Span span) {
  constexpr size_t longest = 200;
  std::string line = on_one_line(files[span.file].text().substr(span.begin, span.end - span.begin));
  if (line.size() <= longest) return line;
  return line.substr(0, character_before(line, longest)) + "…";
}

std::vector<plan::Argument> plan_arguments(const ir::Statement& statement, Nodes& nodes) {
  std::vector<plan::Argument> out;
  for (const ir::Argument& argument : statement.arguments) {
    plan::Argument& planned = out.emplace_back();
    planned.name = argument.name;
    for (ir::ExpressionPtr value : argument.values) {
      planned.values.push_back(nodes.node(value));
      planned.unit = types::unit_of(value->type);
      planned.enumeration = types::enumeration_of(value->type);
    }
  }
  return out;
}

std::vector<plan::Condition> plan_conditions(const ir::Statement& statement,
                                             const source::Files& files, Nodes& nodes) {
  std::vector<plan::Condition> out;
  for (const ir::Condition& condition : statement.conditions) {
    ir::ExpressionPtr whole = condition.expression;
    std::vector<ir::ExpressionPtr> parts = {whole};
    if (condition.wanted && whole->op == plan::Op::logical_and) parts = whole->arguments;
    for (ir::ExpressionPtr part : parts) {
      out.push_back({nodes.node(part), condition.wanted, text_of(files, part->span),
                     place_of(files, part->span)});
    }
  }
  return out;
}

plan::NodeId node_or_none(ir::ExpressionPtr expression, Nodes& nodes) {
  return expression == nullptr ? plan::no_node : nodes.node(expression);
}

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
    planned.where = node_or_none(meter.where, nodes);
    planned.sum = node_or_none(meter.sum, nodes);
    planned.phase = meter.phase;
  }
}

// The number that a limit's argument `meter` holds.
plan::Argument& meter_argument(plan::Statement& statement) {
  return *std::ranges::find(statement.arguments, "meter", &plan::Argument::name);
}

size_t meter_of(plan::Plan& out, plan::Statement& statement) {
  plan::NodeId node = meter_argument(statement).values[0];
  return static_cast<size_t>(std::get<int64_t>(out.constants[out.code[node].payload]));
}

// Shadow policies count in meters of their own: a limit of theirs asks a twin of the meter.
size_t twin(size_t of, bool shared, plan::Plan& out) {
  auto found = std::ranges::find(out.meters, static_cast<uint32_t>(of), &plan::Meter::twin_of);
  if (shared && found != out.meters.end()) return static_cast<size_t>(found - out.meters.begin());
  plan::Meter meter = out.meters[of];
  meter.shadow = true;
  meter.twin_of = static_cast<uint32_t>(of);
  out.meters.push_back(std::move(meter));
  return out.meters.size() - 1;
}

// The meter of the limit that was planned last. An inline limit's counts the requests of its
// statement; its name says which that is. `@enforce` makes two statements of one.
void plan_limit(const ir::PolicySet& set, const ir::Policy& policy, size_t index, Nodes& nodes,
                plan::Plan& out) {
  plan::Statement& statement = out.statements.back();
  if (statement.effect != plan::Effect::limit) return;
  size_t number = meter_of(out, statement);
  bool own = set.meters[number].of_statement;
  bool taken = own && out.meters[number].limit != plan::no_meter;
  if (statement.shadow && (!own || taken)) {
    number = twin(number, !own, out);
    meter_argument(statement).values[0] = nodes.integer(static_cast<int64_t>(number));
  } else if (own) {
    out.meters[number].package = policy.package;
    out.meters[number].name = fmt::format("{}.{}", policy.name, index + 1);
    out.meters[number].shadow = statement.shadow;
  }
  if (own) out.meters[number].limit = static_cast<uint32_t>(out.statements.size() - 1);
}

void plan_policies(const ir::PolicySet& set, const source::Files& files, plan::Plan& out) {
  Nodes nodes(set, out);
  plan_meters(set, nodes, out);
  for (const ir::Question& question : set.questions) {
    plan::NodeId source = nodes.source_of(question.source);
    out.questions.push_back({question.classifier, nodes.node(question.text), source});
  }
  for (const ir::Policy& policy : set.policies) {
    if (policy.disabled) continue;
    auto number = static_cast<uint32_t>(out.policies.size());
    out.policies.push_back({policy.name, policy.package, policy.title, policy.doc, policy.priority,
                            place_of(files, policy.span)});
    for (size_t i = 0; i < policy.statements.size(); ++i) {
      const ir::Statement& statement = policy.statements[i];
      out.statements.push_back(
          {number, statement.effect, statement.phase, nodes.node(statement.guard), statement.status,
           node_or_none(statement.message, nodes), 0, place_of(files, statement.span),
           plan_conditions(statement, files, nodes), plan_arguments(statement, nodes),
           statement.shadow});
      plan_limit(set, policy, i, nodes, out);
    }
  }
}

// The answer of several refusals: the highest priority, then 401, then the smallest policy name,
// then the order written.
void rank_refusals(plan::Plan& out) {
  std::vector<uint32_t> order(out.statements.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::stable_sort(order, {}, [&](uint32_t number) {
    const plan::Statement& statement = out.statements[number];
    const plan::Policy& policy = out.policies[statement.policy];
    int64_t priority = policy.priority == INT64_MIN ? INT64_MAX : -policy.priority;
    return std::tuple(priority, statement.status != 401, std::string_view(policy.name),
                      std::string_view(policy.package));
  });
  for (uint32_t rank = 0; rank < order.size(); ++rank) out.statements[order[rank]].rank = rank;
}

}  // namespace

plan::Plan plan(const ir::PolicySet& set, const source::Files& files) {
  plan::Plan out;
  for (const types::Enumeration& e : set.schema.enumerations)
    out.enumerations.push_back({e.name, e.members, e.open});
  out.detectors = set.detectors;
  out.documents = set.documents;
  plan_policies(set, files, out);
  rank_refusals(out);
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
