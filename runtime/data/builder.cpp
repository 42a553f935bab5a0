#include "runtime/data/builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/data/data.h"
#include "stdlib/native/cells.h"

namespace aipol::data {

namespace {

using plan::DataType;
using Kind = DataType::Kind;

bool plain_list(const DataType& type) {
  return (type.kind == Kind::set || type.kind == Kind::list) && type.parts[0].kind == Kind::scalar;
}

// What can be a column of a list of records.
bool flat(const DataType& type) {
  if (type.kind == Kind::record) return std::ranges::all_of(type.parts, flat);
  return type.kind == Kind::scalar || plain_list(type);
}

template <class F>
void sort_once(std::vector<AipolCell>& cells, F value) {
  std::ranges::sort(cells, {}, value);
  const auto doubled = std::ranges::unique(cells, {}, value);
  cells.erase(doubled.begin(), doubled.end());
}

void make_set(plan::Rep rep, std::vector<AipolCell>& cells) {
  if (rep == plan::Rep::text) return sort_once(cells, native::text_of);
  if (rep == plan::Rep::integer) return sort_once(cells, native::integer_of);
  if (rep == plan::Rep::real) return sort_once(cells, native::real_of);
  sort_once(cells, [](const AipolCell& cell) { return std::pair(cell.a, cell.b); });
}

}  // namespace

bool supported(const DataType& type) {
  switch (type.kind) {
    case Kind::scalar:
      return true;
    case Kind::set:
      return plain_list(type);
    case Kind::list:
      return plain_list(type) || (type.parts[0].kind == Kind::record && flat(type.parts[0]));
    case Kind::map:
    case Kind::record:
      return std::ranges::all_of(type.parts, supported);
  }
  return false;
}

std::string names_of(const DataType& record) {
  std::string out;
  for (const std::string& name : record.names)
    fmt::format_to(std::back_inserter(out), "{}`{}`", out.empty() ? "" : ", ", name);
  return out;
}

bool Builder::count() { return ++entries_ <= most_entries; }

Column Builder::columns(const DataType& record, Document::Place place) {
  Column column;
  column.type = &record;
  column.place = place;
  if (record.kind != Kind::record) return column;
  for (size_t i = 0; i < record.parts.size(); ++i) {
    column.parts.push_back(columns(record.parts[i], document_->make(place, record.names[i])));
    if (record.optional[i])
      column.parts.back().presence = document_->make(place, record.names[i] + "?");
  }
  return column;
}

void Builder::fill(Column& column, size_t length) {
  if (column.presence != Document::none) column.present.resize(length, AipolCell{0, 0});
  if (column.type->kind != Kind::record) column.cells.resize(length, AipolCell{0, 0});
  for (Column& part : column.parts) fill(part, length);
}

void Builder::keep(const Column& column) {
  if (column.type->kind != Kind::record)
    document_->set(column.place, document_->keep(column.cells));
  if (column.presence != Document::none)
    document_->set(column.presence, document_->keep(column.present));
  for (const Column& part : column.parts) keep(part);
}

AipolCell Builder::keep_list(const DataType& list, std::vector<AipolCell> cells) {
  if (list.kind == Kind::set) make_set(list.parts[0].rep, cells);
  return document_->keep(cells);
}

}  // namespace aipol::data
