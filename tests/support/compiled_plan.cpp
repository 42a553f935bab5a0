#include "tests/support/compiled_plan.h"

#include <algorithm>

#include "compiler/index/index.h"
#include "compiler/lower/lower.h"

namespace aipol::testing {

Result<CompiledPlan> CompiledPlan::compile(const plan::Plan& plan, compiler::Tier tier) {
  plan::Layout layout = compiler::index(plan);
  auto object = compiler::assemble(compiler::lower(plan, layout), tier);
  if (!object) return std::unexpected(object.error());
  auto code = compiler::load(*object, tier, layout);
  if (!code) return std::unexpected(code.error());
  return of(plan, std::move(layout), std::move(*code));
}

Result<CompiledPlan> CompiledPlan::of(const plan::Plan& plan, plan::Layout layout, compiler::NativeCode code) {
  CompiledPlan made;
  made.plan_ = &plan;
  made.layout_ = std::move(layout);
  made.code_ = std::move(code);
  for (const plan::StageLayout& stage : made.layout_) {
    auto tables = decision::Tables::build(plan, stage);
    if (!tables) return std::unexpected(tables.error());
    made.tables_.push_back(std::move(*tables));
    made.makers_.emplace_back(plan, stage);
  }
  made.fired_.resize(plan.statements.size() + 1);
  return made;
}

std::vector<uint32_t> CompiledPlan::fired(size_t stage, const plan::Facts& facts) {
  scratch_.reset();
  const AipolCell* columns = makers_[stage].fill(facts, buffer_);
  AipolFired out{fired_.data(), 0};
  code_.stages[stage](columns, tables_[stage]->abi(), &scratch_, &out);
  std::vector<uint32_t> result(fired_.begin(), fired_.begin() + static_cast<ptrdiff_t>(out.count));
  std::ranges::sort(result);
  return result;
}

AipolCell CompiledPlan::value(size_t stage, size_t number) {
  const decision::Tables::Computed& computed = tables_[stage]->computed(number);
  AipolCell result{};
  code_.values[stage][computed.shape](buffer_.cells.data(), computed.parameters, &scratch_, &result);
  return result;
}

}  // namespace aipol::testing
