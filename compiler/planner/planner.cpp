#include "compiler/planner/planner.h"

#include <algorithm>
#include <numeric>
#include <set>

#include <fmt/format.h>

#include "base/overloaded.h"
#include "base/text.h"
#include "compiler/planner/nodes.h"
#include "compiler/planner/version.h"

namespace aipol::planner {

namespace {

plan::Place place_of(const source::Files& files, source::Span span) {
  source::LineColumn where = files[span.file].locate(span.begin);
  return {files[span.file].path(), where.line, where.column};
}

// The text of a place on one line, cut where it is long.
std::string text_of(const source::Files& files, source::Span span) {
  constexpr size_t longest = 200;
  std::string line = on_one_line(files[span.file].text().substr(span.begin, span.end - span.begin));
  if (line.size() <= longest) return line;
  size_t end = longest;
  while ((static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;  // not within a character
  return line.substr(0, end) + "…";
}

std::vector<plan::Condition> plan_conditions(const ir::Statement& statement,
                                             const source::Files& files, Nodes& nodes) {
  std::vector<plan::Condition> out;
  for (const ir::Condition& condition : statement.conditions) {
    ir::ExpressionPtr whole = condition.expression;
    std::vector<ir::ExpressionPtr> parts = {whole};
    if (condition.wanted && whole->op == plan::Op::logical_and) parts = whole->arguments;
    for (ir::ExpressionPtr part : parts) {
      out.push_back({nodes.node(part), condition.wanted, text_of(files, part->span)});
    }
  }
  return out;
}

void plan_policies(const ir::PolicySet& set, const source::Files& files, plan::Plan& out) {
  Nodes nodes(set, out);
  for (const ir::Policy& policy : set.policies) {
    auto number = static_cast<uint32_t>(out.policies.size());
    out.policies.push_back({policy.name, policy.package, policy.title, policy.doc, policy.priority,
                            place_of(files, policy.span)});
    for (const ir::Statement& statement : policy.statements) {
      plan::NodeId message =
          statement.message == nullptr ? plan::no_node : nodes.node(statement.message);
      out.statements.push_back(
          {number, statement.effect, statement.phase, nodes.node(statement.guard), statement.status,
           message, 0, place_of(files, statement.span), plan_conditions(statement, files, nodes)});
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

class Demand {
 public:
  explicit Demand(const plan::Plan& plan) : plan_(plan), seen_(plan.code.size()) {}
  void add(plan::NodeId node) {
    if (node == plan::no_node || seen_[node]) return;
    seen_[node] = true;
    const plan::Node& n = plan_.code[node];
    if (n.op == plan::Op::source || n.op == plan::Op::has) sources_.insert(n.payload);
    for (plan::NodeId argument : plan_.code.arguments(node)) add(argument);
  }
  std::vector<plan::SourceId> sources() const { return {sources_.begin(), sources_.end()}; }

 private:
  const plan::Plan& plan_;
  std::vector<bool> seen_;  // by node
  std::set<plan::SourceId> sources_;
};

void plan_stages(plan::Plan& out) {
  for (plan::Phase phase : {plan::Phase::head, plan::Phase::body}) {
    plan::Stage stage;
    stage.phase = phase;
    Demand demand(out);
    for (uint32_t number = 0; number < out.statements.size(); ++number) {
      const plan::Statement& statement = out.statements[number];
      if (statement.phase != phase) continue;
      stage.statements.push_back(number);
      demand.add(statement.guard);
      demand.add(statement.message);
    }
    stage.demand = demand.sources();
    if (!stage.statements.empty()) out.stages.push_back(std::move(stage));
  }
}

}  // namespace

plan::Plan plan(const ir::PolicySet& set, const source::Files& files) {
  plan::Plan out;
  for (const types::Enumeration& e : set.schema.enumerations)
    out.enumerations.push_back({e.name, e.members, e.open});
  plan_policies(set, files, out);
  rank_refusals(out);
  plan_stages(out);
  out.deployment = set.deployment;
  out.version = version_of(out);
  return out;
}

std::vector<plan::Test> plan_tests(const ir::PolicySet& set, const source::Files& files,
                                   plan::Plan& plan) {
  Nodes nodes(set, plan);
  std::vector<plan::Test> out;
  for (const ir::Test& test : set.tests) {
    plan::Test planned{test.name, place_of(files, test.span), {}};
    for (const ir::TestStep& step : test.steps) {
      std::visit(
          Overloaded{
              [&](const ir::Send& send) {
                plan::Send out_send{{}, send.headers, send.query, place_of(files, send.span)};
                for (const ir::SendField& field : send.fields)
                  out_send.fields.emplace_back(field.path, field.value);
                planned.steps.emplace_back(std::move(out_send));
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
