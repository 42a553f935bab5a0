#include "compiler/planner/policies.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "base/utf8.h"
#include "compiler/planner/places.h"
#include "compiler/planner/ranks.h"
#include "compiler/types/representation.h"

namespace aipol::planner {

namespace {

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

}  // namespace

void plan_policy(const ir::PolicySet& set, const ir::Policy& policy, const source::Files& files,
                 Nodes& nodes, plan::Plan& out) {
  if (policy.disabled) return;
  auto number = static_cast<uint32_t>(out.policies.size());
  out.policies.push_back({policy.name, policy.package, policy.title, policy.doc, policy.priority,
                          place_of(files, policy.span)});
  for (size_t i = 0; i < policy.statements.size(); ++i) {
    const ir::Statement& statement = policy.statements[i];
    out.statements.push_back(
        {number, statement.effect, statement.phase, nodes.node(statement.guard), statement.status,
         nodes.node_or_none(statement.message), no_rank, place_of(files, statement.span),
         plan_conditions(statement, files, nodes), plan_arguments(statement, nodes),
         statement.shadow});
    plan_limit(set, policy, i, nodes, out);
  }
}

}  // namespace aipol::planner
