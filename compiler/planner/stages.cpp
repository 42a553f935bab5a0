#include "compiler/planner/stages.h"

#include <algorithm>
#include <array>
#include <set>

namespace aipol::planner {

namespace {

using plan::NodeId;
using plan::Phase;

bool reads(const plan::Node& node) {
  return node.op == plan::Op::source || node.op == plan::Op::has;
}

// By node, the first phase in which all that it reads is known; arguments come before their
// operations.
std::vector<Phase> known_from(const plan::Plan& plan) {
  std::vector<Phase> phases(plan.code.size(), Phase::head);
  for (NodeId id = 0; id < plan.code.size(); ++id) {
    const plan::Node& node = plan.code[id];
    if (reads(node)) phases[id] = plan.sources[node.payload].phase;
    for (NodeId argument : plan.code.arguments(id))
      phases[id] = std::max(phases[id], phases[argument]);
  }
  return phases;
}

class Stages {
 public:
  explicit Stages(plan::Plan& plan) : plan_(plan), known_from_(known_from(plan)) {}

  void make() {
    for (uint32_t number = 0; number < plan_.statements.size(); ++number) add_statement(number);
    for (const plan::Meter& meter : plan_.meters) {
      for (NodeId key : meter.keys) compute(key, meter.phase);
      compute(meter.where, meter.phase);
      compute(meter.sum, Phase::end);
    }
    for (const plan::Question& question : plan_.questions) {
      compute(question.text, plan_.sources[question.source].phase);
    }
    for (size_t phase = 0; phase < plan::phase_count; ++phase) settle(static_cast<Phase>(phase));
  }

 private:
  struct Draft {
    std::vector<uint32_t> statements;
    std::set<NodeId> computed;
  };

  void add_statement(uint32_t number) {
    const plan::Statement& statement = plan_.statements[number];
    drafts_[static_cast<size_t>(statement.phase)].statements.push_back(number);
    compute(statement.message, statement.phase);
    for (const plan::Argument& argument : statement.arguments) {
      // Asked of each candidate, whether it reads the candidate or not.
      bool of_target = statement.effect == plan::Effect::route && argument.name == "where";
      Phase first = of_target ? Phase::target : statement.phase;
      for (NodeId value : argument.values) compute(value, first);
    }
  }

  // In the phase, or in a later one where it is not known before.
  void compute(NodeId node, Phase phase) {
    if (node == plan::no_node || plan_.code[node].op == plan::Op::constant) return;
    drafts_[static_cast<size_t>(std::max(phase, known_from_[node]))].computed.insert(node);
  }

  void settle(Phase phase) {
    Draft& draft = drafts_[static_cast<size_t>(phase)];
    if (draft.statements.empty() && draft.computed.empty()) return;
    plan::Stage& stage = plan_.stages.emplace_back();
    stage.phase = phase;
    stage.statements = std::move(draft.statements);
    stage.computed.assign(draft.computed.begin(), draft.computed.end());
    stage.demand = demand_of(stage);
  }

  std::vector<plan::SourceId> demand_of(const plan::Stage& stage) {
    seen_.assign(plan_.code.size(), false);
    demand_.clear();
    for (uint32_t statement : stage.statements) demand(plan_.statements[statement].guard);
    for (NodeId node : stage.computed) demand(node);
    return {demand_.begin(), demand_.end()};
  }

  void demand(NodeId id) {
    if (seen_[id]) return;
    seen_[id] = true;
    if (reads(plan_.code[id])) demand_.insert(plan_.code[id].payload);
    for (NodeId argument : plan_.code.arguments(id)) demand(argument);
  }

  plan::Plan& plan_;
  std::vector<Phase> known_from_;  // by node
  std::array<Draft, plan::phase_count> drafts_;
  std::vector<bool> seen_;  // by node, of the stage that is being settled
  std::set<plan::SourceId> demand_;
};

}  // namespace

void plan_stages(plan::Plan& plan) { Stages(plan).make(); }

}  // namespace aipol::planner
