#include "runtime/decision/program.h"

#include <algorithm>

#include "base/check.h"

namespace aipol::decision {

Program::Program(plan::Plan plan)
    : plan_(std::move(plan)), facts_(plan_), metering_(metering_of(plan_, facts_)) {
  for (const plan::Model& model : plan_.deployment.models) models_.emplace(model.name, &model);
  for (const plan::Constant& constant : plan_.constants)
    constants_.push_back(lists_.cell(constant));
  index_endpoints();
}

Result<std::shared_ptr<const Program>> Program::load(plan::Plan plan, const plan::Layout& layout,
                                                     NativeStages native) {
  std::shared_ptr<Program> program(new Program(std::move(plan)));
  program->adopt(std::move(native));
  for (size_t i = 0; i < layout.size(); ++i) {
    Result<std::unique_ptr<const Tables>> tables = Tables::build(program->plan_, layout[i]);
    if (!tables) return std::unexpected(tables.error());
    const plan::Stage& stage = program->plan_.stages[i];
    auto columns = std::make_unique<const context::ColumnMaker>(program->plan_, layout[i]);
    auto calls = std::make_unique<const context::CallReader>(program->plan_, program->facts_,
                                                             *columns, stage.demand);
    program->stages_.push_back(
        {&stage, i, std::move(columns), std::move(calls), std::move(*tables)});
  }
  return program;
}

void Program::adopt(NativeStages better) const {
  std::lock_guard lock(adopting_);
  native_.store(&codes_.emplace_back(std::move(better)), std::memory_order_release);
}

// Specific is what has no `*`, then what has the longest text before its first one, then the
// longest text.
void Program::index_endpoints() {
  for (const plan::Endpoint& endpoint : plan_.deployment.endpoints) {
    endpoints_.push_back({&endpoint, native::Glob(endpoint.glob)});
  }
  auto specific = [](const Endpoint& e) {
    const std::string& glob = e.declared->glob;
    return std::pair(glob.find('*'), glob.size());  // npos, the most, where there is none
  };
  std::ranges::stable_sort(endpoints_, std::ranges::greater{}, specific);
}

const plan::Endpoint* Program::endpoint(std::string_view path) const {
  auto found =
      std::ranges::find_if(endpoints_, [&](const Endpoint& e) { return e.glob.matches(path); });
  return found == endpoints_.end() ? nullptr : found->declared;
}

const plan::Model* Program::model(std::string_view name) const {
  auto found = models_.find(name);
  return found == models_.end() ? nullptr : found->second;
}

const Program::Stage* Program::stage(plan::Phase phase) const {
  auto found =
      std::ranges::find_if(stages_, [&](const Stage& s) { return s.plan->phase == phase; });
  return found == stages_.end() ? nullptr : &*found;
}

bool Program::computes(const Stage& stage, plan::NodeId node) const {
  return plan_.code[node].op == plan::Op::constant ||
         std::ranges::binary_search(stage.plan->computed, node);
}

AipolCell Program::value(const Stage& stage, plan::NodeId node, const AipolCell* columns,
                         AipolScratch& scratch) const {
  if (plan_.code[node].op == plan::Op::constant) return constant(node);
  const std::vector<plan::NodeId>& nodes = stage.plan->computed;
  auto at = std::ranges::lower_bound(nodes, node);
  AIPOL_CHECK(at != nodes.end() && *at == node, "a value is asked in a stage that computes it");
  const Tables::Computed& computed =
      stage.tables->computed(static_cast<size_t>(at - nodes.begin()));
  AipolCell result{};
  native().values[stage.number][computed.shape](columns, computed.parameters, &scratch, &result);
  return result;
}

}  // namespace aipol::decision
