#include "testing/actual.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/utf8.h"
#include "plan/written.h"
#include "runtime/decision/values.h"

namespace aipol::testing {

namespace {

using plan::Fact;
using plan::NodeId;
using plan::Op;

constexpr size_t longest_value = 2'000;  // bytes

bool reads_source(const plan::Node& node) { return node.op == Op::source || node.op == Op::has; }

// The sources below a node, each once, in the order written.
void add_sources(const plan::Plan& plan, NodeId node, std::vector<plan::SourceId>& out) {
  const plan::Node& at = plan.code[node];
  if (reads_source(at) && std::ranges::find(out, at.payload) == out.end())
    out.push_back(at.payload);
  for (NodeId argument : plan.code.arguments(node)) add_sources(plan, argument, out);
}

// Of `a and b` what fails; otherwise the condition itself.
void add_failing(const plan::Plan& plan, NodeId condition, plan::Interpreter& interpreter,
                 const plan::Facts& facts, std::vector<plan::SourceId>& out) {
  if (plan.code[condition].op != Op::logical_and) return add_sources(plan, condition, out);
  for (NodeId part : plan.code.arguments(condition)) {
    if (interpreter.value(part, facts).a == 0) add_failing(plan, part, interpreter, facts, out);
  }
}

bool of_outcome(const plan::Source& source) {
  constexpr std::string_view paths[] = {"decision.outcome", "decision.status", "decision.by",
                                        "decision.target"};
  return std::ranges::find(paths, source.path) != std::end(paths);
}

// A long text in its first part, not cut within a character.
std::string shortened(std::string text) {
  if (text.size() <= longest_value) return text;
  return text.substr(0, character_before(text, longest_value)) + "…";
}

std::string value_of(const plan::Plan& plan, const plan::Source& source, const Fact& fact) {
  if (fact.state != Fact::State::present) return "absent";
  return shortened(plan::written(plan, decision::owned(fact.value, source.rep), source.unit,
                                 source.enumeration));
}

// What can be shown: lists of records are read by their columns, and objects are no values.
bool is_value(plan::Rep rep) { return rep != plan::Rep::records && rep != plan::Rep::handle; }

// As expectations name it: a meter without its package.
std::string name_of(const plan::Plan& plan, const plan::Source& source) {
  std::string name = source.name();
  for (const plan::Meter& meter : plan.meters) {
    std::string before = fmt::format("meter.{}.", meter.package);
    if (name.starts_with(before + meter.name + ".")) return name.substr(before.size());
  }
  return name;
}

std::string described(const plan::Plan& plan, const offline::Outcome& outcome) {
  std::string text = describe(plan, outcome.decision);
  return outcome.target.empty() ? text : fmt::format("{}, answered by {}", text, outcome.target);
}

}  // namespace

std::string describe(const plan::Plan& plan, const decision::Decision& decision) {
  if (decision.allowed) return "allow";
  std::string text = fmt::format("deny {}", decision.status);
  if (decision.statement) {
    text += fmt::format(" by {}", plan.policies[plan.statements[*decision.statement].policy].name);
  }
  return fmt::format("{}: {}", text, decision.message);
}

std::string actual_of(const plan::Plan& plan, NodeId condition, const offline::Outcome& outcome,
                      plan::Interpreter& interpreter, const plan::Facts& facts) {
  std::vector<plan::SourceId> sources;
  add_failing(plan, condition, interpreter, facts, sources);
  bool asks_more = std::ranges::any_of(
      sources, [&](plan::SourceId id) { return !of_outcome(plan.sources[id]); });
  if (!asks_more) return described(plan, outcome);
  std::string text;
  for (plan::SourceId id : sources) {
    const plan::Source& source = plan.sources[id];
    if (!is_value(source.rep)) continue;
    text += fmt::format("{}`{}` is {}", text.empty() ? "" : ", ", name_of(plan, source),
                        value_of(plan, source, facts[id]));
  }
  return text.empty() ? described(plan, outcome) : text;
}

std::optional<std::string> policy_named(const plan::Plan& plan, NodeId condition) {
  const plan::Node& node = plan.code[condition];
  std::optional<std::string> name;
  if (node.op == Op::equal) {
    bool of_policy = false;
    for (NodeId argument : plan.code.arguments(condition)) {
      const plan::Node& side = plan.code[argument];
      of_policy |= side.op == Op::source && plan.sources[side.payload].path == "decision.by";
      if (side.op != Op::constant) continue;
      if (const auto* text = std::get_if<std::string>(&plan.constants[side.payload])) name = *text;
    }
    return of_policy ? name : std::nullopt;
  }
  for (NodeId argument : plan.code.arguments(condition)) {
    if ((name = policy_named(plan, argument))) return name;
  }
  return std::nullopt;
}

}  // namespace aipol::testing
