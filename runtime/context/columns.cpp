#include "runtime/context/columns.h"

#include <algorithm>

#include "runtime/context/lookups.h"

namespace aipol::context {

using plan::Column;
using plan::Domain;
using plan::Rep;

namespace {

std::vector<std::vector<std::string>> glob_lists(const Domain& domain) {
  std::vector<std::vector<std::string>> lists;
  for (const plan::Constant& value : domain.values)
    lists.push_back(std::get<std::vector<std::string>>(value));
  return lists;
}

}  // namespace

ColumnMaker::ColumnMaker(const plan::Plan& plan, const plan::StageLayout& layout)
    : plan_(plan), defaults_(plan), columns_(layout.columns.size()) {
  std::vector<uint32_t> by_source(layout.domains.size());
  for (uint32_t i = 0; i < by_source.size(); ++i) by_source[i] = i;
  std::ranges::stable_sort(by_source, {}, [&](uint32_t i) { return layout.domains[i].source; });
  for (uint32_t domain : by_source) add_lookup(layout, domain);
  for (uint32_t i = 0; i < layout.columns.size(); ++i) {
    const Column& column = layout.columns[i];
    auto lookup = [&]() -> Lookup& {
      return *std::ranges::find(lookups_, column.of, &Lookup::domain);
    };
    switch (column.kind) {
      case Column::Kind::value:
        use_of(column.of).value = i;
        break;
      case Column::Kind::present:
        use_of(column.of).present = i;
        break;
      case Column::Kind::symbol:
        lookup().symbol = i;
        break;
      case Column::Kind::mask:
        lookup().mask = i;
        break;
      case Column::Kind::symbols:
        lookup().symbols = i;
        break;
    }
  }
}

ColumnMaker::~ColumnMaker() = default;

ColumnMaker::Use& ColumnMaker::use_of(plan::SourceId source) {
  auto known = std::ranges::find(uses_, source, &Use::source);
  if (known != uses_.end()) return *known;
  const plan::Source& read = plan_.sources[source];
  plan::Facts nothing(plan_.sources.size());
  return uses_.emplace_back(Use{.source = source,
                                .rep = read.rep,
                                .optional = read.optional,
                                .fallback = defaults_.value(plan_, nothing, source)});
}

void ColumnMaker::add_lookup(const plan::StageLayout& layout, uint32_t number) {
  const Domain& domain = layout.domains[number];
  Use& use = use_of(domain.source);
  if (use.count++ == 0) use.first = static_cast<uint32_t>(lookups_.size());
  Lookup& lookup = lookups_.emplace_back();
  lookup.domain = number;
  lookup.masked = domain.masked;
  using Kind = Lookup::Kind;
  if (domain.kind == Domain::Kind::paths) {
    lookup.kind = Kind::paths;
    lookup.paths = std::make_unique<native::PathMatcher>(glob_lists(domain));
  } else if (domain.kind == Domain::Kind::networks) {
    lookup.kind = Kind::networks;
    lookup.networks = std::make_unique<NetworkNumbers>(domain.values);
  } else if (use.rep == Rep::text || use.rep == Rep::texts) {
    lookup.kind = use.rep == Rep::text ? Kind::text : Kind::texts;
    lookup.texts = std::make_unique<TextNumbers>(domain.values);
  } else {
    lookup.kind = use.rep == Rep::integer ? Kind::integer : Kind::integers;
    lookup.integers = std::make_unique<IntegerNumbers>(domain.values);
  }
}

std::vector<uint32_t> ColumnMaker::columns(const Use& use) const {
  std::vector<uint32_t> all = {use.value, use.present};
  for (uint32_t i = use.first; i < use.first + use.count; ++i)
    all.insert(all.end(), {lookups_[i].symbol, lookups_[i].mask, lookups_[i].symbols});
  std::erase(all, none);
  return all;
}

bool ColumnMaker::numbers_only(const Use& use) const {
  return use.rep == Rep::texts && use.value == none;
}

void ColumnMaker::begin(ColumnBuffer& buffer) const {
  if (buffer.cells.size() < columns_) buffer.cells.resize(columns_);
  if (buffer.numbers.size() < lookups_.size()) buffer.numbers.resize(lookups_.size());
}

// The numbers of a value of several, in `found`; how many they are.
uint32_t ColumnMaker::look_up(const Lookup& lookup, const AipolCell& value, ColumnBuffer& buffer,
                              std::vector<uint32_t>& found) const {
  if (lookup.kind == Lookup::Kind::networks) {
    uint32_t* numbers = room(found, lookup.networks->most());
    return static_cast<uint32_t>(lookup.networks->find({value.a, value.b}, numbers));
  }
  if (lookup.kind == Lookup::Kind::paths) {
    lookup.paths->match(native::text_of(value), buffer.walk, found);
    auto count = static_cast<uint32_t>(found.size());
    room(found, count);
    return count;
  }
  std::span<const AipolCell> members = native::list_of(value);
  uint32_t* numbers = room(found, members.size());
  uint32_t count = 0;
  for (const AipolCell& member : members) {
    numbers[count] = lookup.texts ? lookup.texts->find(native::text_of(member))
                                  : lookup.integers->find(native::integer_of(member));
    count += numbers[count] != 0;
  }
  return sort_once(numbers, count);
}

const AipolCell* ColumnMaker::fill(const plan::Facts& facts, ColumnBuffer& buffer) const {
  begin(buffer);
  for (const Use& use : uses_) put(use, facts[use.source], buffer);
  return buffer.cells.data();
}

}  // namespace aipol::context
