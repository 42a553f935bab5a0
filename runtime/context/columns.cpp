#include "runtime/context/columns.h"

#include <algorithm>

#include "stdlib/native/cells.h"

namespace aipol::context {

using plan::Column;
using plan::Domain;
using plan::Rep;

namespace {

AipolCell symbols_cell(std::vector<uint32_t>& numbers) {
  size_t count = numbers.size();
  numbers.resize(count + AIPOL_NUMBERS_AHEAD);
  return {reinterpret_cast<uint64_t>(numbers.data()), count};
}

// Numbers past the last masked one have no bit.
uint64_t bit(uint32_t number, uint32_t masked) { return number - 1 < masked ? uint64_t{1} << (number - 1) : 0; }

std::vector<std::vector<std::string>> glob_lists(const Domain& domain) {
  std::vector<std::vector<std::string>> lists;
  for (const plan::Constant& value : domain.values) lists.push_back(std::get<std::vector<std::string>>(value));
  return lists;
}

}  // namespace

ColumnMaker::ColumnMaker(const plan::Plan& plan, const plan::StageLayout& layout)
    : plan_(plan), defaults_(plan), columns_(layout.columns.size()) {
  for (const Domain& domain : layout.domains) add_domain(domain);
  for (uint32_t i = 0; i < layout.columns.size(); ++i) {
    const Column& column = layout.columns[i];
    switch (column.kind) {
      case Column::Kind::value: values_.push_back({i, column.of}); break;
      case Column::Kind::present: presences_.push_back({i, column.of}); break;
      case Column::Kind::symbol: lookups_[column.of].symbol = i; break;
      case Column::Kind::mask: lookups_[column.of].mask = i; break;
      case Column::Kind::symbols: lookups_[column.of].symbols = i; break;
    }
  }
}

void ColumnMaker::add_domain(const Domain& domain) {
  Lookup lookup;
  lookup.source = domain.source;
  lookup.rep = plan_.sources[domain.source].rep;
  lookup.masked = domain.masked;
  if (domain.kind == Domain::Kind::paths) {
    lookup.paths = std::make_unique<native::PathMatcher>(glob_lists(domain));
  } else if (domain.kind == Domain::Kind::networks) {
    lookup.networks = std::make_unique<NetworkNumbers>(domain.values);
  } else if (lookup.rep == Rep::text || lookup.rep == Rep::texts) {
    lookup.texts = std::make_unique<TextNumbers>(domain.values);
  } else {
    lookup.integers = std::make_unique<IntegerNumbers>(domain.values);
  }
  lookups_.push_back(std::move(lookup));
}

uint32_t ColumnMaker::number(const Lookup& lookup, const AipolCell& value) const {
  return lookup.texts ? lookup.texts->find(native::text_of(value)) : lookup.integers->find(native::integer_of(value));
}

void ColumnMaker::numbers(const Lookup& lookup, const AipolCell& value, ColumnBuffer& buffer,
                          std::vector<uint32_t>& found) const {
  if (lookup.paths) return lookup.paths->match(native::text_of(value), buffer.walk, found);
  if (lookup.networks) return lookup.networks->find({value.a, value.b}, found);
  found.clear();
  for (const AipolCell& member : native::list_of(value)) {
    if (uint32_t one = number(lookup, member)) found.push_back(one);
  }
  if (found.size() < 2) return;
  std::ranges::sort(found);
  found.erase(std::ranges::unique(found).begin(), found.end());
}

void ColumnMaker::fill_single(const Lookup& lookup, uint32_t number, ColumnBuffer& buffer,
                              std::vector<uint32_t>& found) const {
  if (lookup.symbol != none) buffer.cells[lookup.symbol] = {number, 0};
  if (lookup.mask != none) buffer.cells[lookup.mask] = {bit(number, lookup.masked), 0};
  if (lookup.symbols == none) return;
  found.assign(number != 0, number);
  buffer.cells[lookup.symbols] = symbols_cell(found);
}

void ColumnMaker::fill_several(const Lookup& lookup, const AipolCell& value, ColumnBuffer& buffer,
                               std::vector<uint32_t>& found) const {
  numbers(lookup, value, buffer, found);
  if (lookup.mask != none) {
    uint64_t bits = 0;
    for (uint32_t number : found) bits |= bit(number, lookup.masked);
    buffer.cells[lookup.mask] = {bits, 0};
  }
  if (lookup.symbols != none) buffer.cells[lookup.symbols] = symbols_cell(found);
}

const AipolCell* ColumnMaker::fill(const plan::Facts& facts, ColumnBuffer& buffer) const {
  buffer.cells.resize(columns_);
  if (buffer.numbers.size() < lookups_.size()) buffer.numbers.resize(lookups_.size());
  for (auto [column, source] : values_) buffer.cells[column] = defaults_.value(plan_, facts, source);
  for (auto [column, source] : presences_) {
    buffer.cells[column] = {plan::Defaults::present(plan_, facts, source), 0};
  }
  for (size_t i = 0; i < lookups_.size(); ++i) {
    const Lookup& lookup = lookups_[i];
    AipolCell value = defaults_.value(plan_, facts, lookup.source);
    bool single = !lookup.paths && !lookup.networks && (lookup.rep == Rep::text || lookup.rep == Rep::integer);
    if (single) fill_single(lookup, number(lookup, value), buffer, buffer.numbers[i]);
    else fill_several(lookup, value, buffer, buffer.numbers[i]);
  }
  return buffer.cells.data();
}

}  // namespace aipol::context
