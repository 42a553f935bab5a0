#include "tests/support/compiled_plan.h"

#include <algorithm>

#include "compiler/index/index.h"
#include "compiler/lower/lower.h"
#include "stdlib/native/cells.h"

namespace aipol::testing {

Result<CompiledPlan> CompiledPlan::compile(const plan::Plan& plan, compiler::Tier tier) {
  CompiledPlan made;
  made.plan_ = &plan;
  made.layout_ = compiler::index(plan);
  auto object = compiler::assemble(compiler::lower(plan, made.layout_), tier);
  if (!object) return std::unexpected(object.error());
  auto code = compiler::load(*object, made.layout_);
  if (!code) return std::unexpected(code.error());
  made.code_ = std::move(*code);
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

std::string CompiledPlan::message(size_t stage, uint32_t statement) {
  plan::NodeId node = plan_->statements[statement].message;
  if (node == plan::no_node) return {};
  const decision::Tables::Text* text = tables_[stage]->text(statement);
  if (text == nullptr) return std::get<std::string>(plan_->constants[plan_->code[node].payload]);
  AipolCell result{};
  code_.texts[stage][text->shape](buffer_.cells.data(), text->parameters, &scratch_, &result);
  return std::string(native::text_of(result));
}

}  // namespace aipol::testing
