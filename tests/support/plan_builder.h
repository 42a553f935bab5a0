// Plans written by hand, a guard at a time, for tests of the steps behind the planner.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <string>

#include "plan/cells.h"
#include "plan/facts.h"
#include "plan/plan.h"

namespace aipol::testing {

class PlanBuilder {
 public:
  PlanBuilder() { plan.stages.emplace_back().phase = plan::Phase::head; }

  plan::NodeId source(std::string path, plan::Rep rep, bool optional = false) {
    plan::Source made{.path = std::move(path), .key = {}, .rep = rep, .optional = optional, .fallback = {}};
    plan.sources.push_back(std::move(made));
    return node(plan::Op::source, rep, {}, static_cast<uint32_t>(plan.sources.size() - 1));
  }
  plan::NodeId constant(plan::Constant value, plan::Rep rep) {
    plan.constants.push_back(std::move(value));
    return node(plan::Op::constant, rep, {}, static_cast<uint32_t>(plan.constants.size() - 1));
  }
  plan::NodeId text(std::string value) { return constant(std::move(value), plan::Rep::text); }
  plan::NodeId node(plan::Op op, plan::Rep rep, std::initializer_list<plan::NodeId> arguments, uint32_t payload = 0) {
    return plan.code.add(op, rep, payload, std::span(arguments.begin(), arguments.size()));
  }
  plan::NodeId test(plan::Op op, plan::NodeId a, plan::NodeId b) { return node(op, plan::Rep::boolean, {a, b}); }
  plan::NodeId all(std::initializer_list<plan::NodeId> parts) {
    return node(plan::Op::logical_and, plan::Rep::boolean, parts);
  }

  void statement(plan::NodeId guard, plan::NodeId message = plan::no_node) {
    plan::Statement made;
    made.guard = guard;
    made.message = message;
    auto& computed = plan.stages[0].computed;
    auto at = std::ranges::lower_bound(computed, message);
    bool known = at != computed.end() && *at == message;
    if (message != plan::no_node && plan.code[message].op != plan::Op::constant && !known) computed.insert(at, message);
    plan.stages[0].statements.push_back(static_cast<uint32_t>(plan.statements.size()));
    plan.statements.push_back(made);
  }

  plan::Plan plan;
};

// Facts by source; absent where no value is given.
class FactBuilder {
 public:
  explicit FactBuilder(std::initializer_list<std::optional<plan::Constant>> values) : values_(values) {
    for (const auto& value : values_) {
      plan::Fact fact{.state = plan::Fact::State::absent, .value = {}};
      if (value) fact = {.state = plan::Fact::State::present, .value = store_.cell(*value)};
      facts.push_back(fact);
    }
  }
  FactBuilder(const FactBuilder&) = delete;

  plan::Facts facts;

 private:
  std::vector<std::optional<plan::Constant>> values_;
  plan::CellStore store_;
};

}  // namespace aipol::testing
