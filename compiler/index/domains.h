// Columns and domains of one stage as they come into use.
#pragma once

#include <map>
#include <unordered_map>

#include "compiler/index/conjuncts.h"
#include "plan/layout.h"

namespace aipol::compiler {

class Domains {
 public:
  Domains(Values& values, plan::StageLayout& layout) : values_(values), layout_(layout) {}

  // First, for each test that remains in a guard: its values get the numbers that a mask has room for.
  void want_mask(const SetTest& test);

  uint32_t column(plan::Column column);
  uint32_t column(const SetTest& test, plan::Column::Kind kind) { return column({kind, domain(test)}); }
  uint32_t number(const SetTest& test, ValueId value) { return number(domain(test), value); }
  // The mask of the test's values, where each has a bit.
  std::optional<uint64_t> mask(const SetTest& test);
  // The test's values as a new list of numbers, ascending; its number in the layout.
  uint32_t number_list(const SetTest& test);

 private:
  uint32_t domain(const SetTest& test);
  uint32_t number(uint32_t domain, ValueId value);

  Values& values_;
  plan::StageLayout& layout_;
  std::map<std::pair<plan::Domain::Kind, plan::SourceId>, uint32_t> domains_;
  std::vector<std::unordered_map<ValueId, uint32_t>> numbers_;  // by domain
  std::map<std::pair<plan::Column::Kind, uint32_t>, uint32_t> columns_;
  std::map<std::vector<uint32_t>, uint32_t> lists_;
};

}  // namespace aipol::compiler
