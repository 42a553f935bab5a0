#include "compiler/index/domains.h"

#include <algorithm>

namespace aipol::compiler {

namespace {

constexpr uint32_t mask_bits = 64;

}  // namespace

uint32_t Domains::domain(const SetTest& test) {
  auto next = static_cast<uint32_t>(layout_.domains.size());
  auto [it, fresh] = domains_.try_emplace({test.kind, test.source}, next);
  if (fresh) {
    layout_.domains.push_back({.kind = test.kind, .source = test.source, .values = {}});
    numbers_.emplace_back();
  }
  return it->second;
}

uint32_t Domains::number(uint32_t domain, ValueId value) {
  auto& values = layout_.domains[domain].values;
  auto [it, fresh] = numbers_[domain].try_emplace(value, static_cast<uint32_t>(values.size() + 1));
  if (fresh) values.push_back(values_[value]);
  return it->second;
}

void Domains::want_mask(const SetTest& test) {
  uint32_t at = domain(test);
  auto fresh = std::ranges::count_if(test.values, [&](ValueId value) { return !numbers_[at].contains(value); });
  if (layout_.domains[at].masked + static_cast<size_t>(fresh) > mask_bits) return;
  for (ValueId value : test.values) number(at, value);
  layout_.domains[at].masked += static_cast<uint32_t>(fresh);
}

uint32_t Domains::column(plan::Column column) {
  auto next = static_cast<uint32_t>(layout_.columns.size());
  auto [it, fresh] = columns_.try_emplace({column.kind, column.of}, next);
  if (fresh) layout_.columns.push_back(column);
  return it->second;
}

std::optional<uint64_t> Domains::mask(const SetTest& test) {
  uint32_t at = domain(test);
  uint64_t bits = 0;
  for (ValueId value : test.values) {
    uint32_t one = number(at, value);
    if (one > layout_.domains[at].masked) return {};
    bits |= uint64_t{1} << (one - 1);
  }
  return bits;
}

uint32_t Domains::number_list(const SetTest& test) {
  std::vector<uint32_t> numbers;
  for (ValueId value : test.values) numbers.push_back(number(test, value));
  std::ranges::sort(numbers);
  auto next = static_cast<uint32_t>(layout_.number_lists.size());
  auto [it, fresh] = lists_.try_emplace(numbers, next);
  if (fresh) layout_.number_lists.push_back(std::move(numbers));
  return it->second;
}

}  // namespace aipol::compiler
