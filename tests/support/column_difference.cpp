#include "tests/support/column_difference.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "plan/interpret.h"

namespace aipol::testing {

namespace {

std::span<const uint32_t> numbers(const AipolCell& cell) {
  return {reinterpret_cast<const uint32_t*>(cell.a), cell.b + AIPOL_NUMBERS_AHEAD};
}

bool same(const plan::Plan& plan, const plan::Column& column, const AipolCell& a,
          const AipolCell& b) {
  switch (column.kind) {
    case plan::Column::Kind::value:
      return plan::same_value(plan.sources[column.of].rep, a, b);
    case plan::Column::Kind::symbols:
      return std::ranges::equal(numbers(a), numbers(b));
    default:
      return a.a == b.a;
  }
}

}  // namespace

std::optional<std::string> column_difference(const decision::Program& program,
                                             const plan::Layout& layout, plan::Phase phase,
                                             const context::Call& call,
                                             const context::Surroundings& around) {
  const decision::Program::Stage* stage = program.stage(phase);
  if (stage == nullptr) return {};
  AipolScratch scratch;
  plan::Facts facts;
  context::ColumnBuffer of_facts, at_once;
  program.facts().read(call, around, stage->plan->demand, facts, scratch);
  const AipolCell* wanted = stage->columns->fill(facts, of_facts);
  const AipolCell* got = stage->calls->read(call, around, at_once, scratch);
  const auto& columns = layout[stage->number].columns;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (same(program.plan(), columns[i], wanted[i], got[i])) continue;
    bool of_source = columns[i].kind == plan::Column::Kind::value ||
                     columns[i].kind == plan::Column::Kind::present;
    uint32_t source =
        of_source ? columns[i].of : layout[stage->number].domains[columns[i].of].source;
    return fmt::format("column {} (of {}) is read as {}, from facts {}", i,
                       program.plan().sources[source].name(), got[i].a, wanted[i].a);
  }
  return {};
}

}  // namespace aipol::testing
