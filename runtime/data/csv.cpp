#include "runtime/data/csv.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "runtime/data/data.h"
#include "stdlib/native/cells.h"

namespace aipol::data {

namespace {

using plan::DataType;
using Kind = DataType::Kind;
using Outcome = std::expected<void, std::string>;

// The table's rows as records, or as values of a map by the first column.
class Table {
 public:
  Table(const DataType& type, std::string_view text, Builder& builder)
      : type_(type),
        element_(type.parts[0]),
        map_(type.kind == Kind::map),
        rows_(text),
        builder_(builder) {}

  Outcome read() {
    if (Outcome well = read_header(); !well) return well;
    if (!map_) columns_ = builder_.columns(element_, Document::root);
    for (;;) {
      const auto more = rows_.next(cells_);
      if (!more) return fail(more.error());
      if (!*more) break;
      if (Outcome well = read_row(); !well) return well;
    }
    if (map_) return {};
    Builder::fill(columns_, length_);
    builder_.keep(columns_);
    return {};
  }

 private:
  Outcome fail(std::string_view message) const {
    return std::unexpected(fmt::format("{}: {}", rows_.line(), message));
  }

  Outcome read_header() {
    const auto any = rows_.next(header_);
    if (!any) return fail(any.error());
    if (!*any) return fail("the header line is missing");
    if (element_.kind == Kind::scalar)
      return header_.size() == 2 ? Outcome()
                                 : fail(fmt::format("expected two columns, key and value, found {}",
                                                    header_.size()));
    for (size_t i = map_; i < header_.size(); ++i) {
      const auto found = std::ranges::find(element_.names, header_[i]);
      if (found == element_.names.end())
        return fail(
            fmt::format("no field `{}`; the record has {}", header_[i], names_of(element_)));
      fields_.push_back(static_cast<size_t>(found - element_.names.begin()));
    }
    for (size_t i = 0; i < element_.names.size(); ++i) {
      const auto times = std::ranges::count(fields_, i);
      if (times > 1)
        return fail(fmt::format("the column `{}` stands here twice", element_.names[i]));
      if (times == 0 && !element_.optional[i])
        return fail(fmt::format("the column `{}` is missing", element_.names[i]));
    }
    return {};
  }

  Outcome read_row() {
    if (cells_.size() != header_.size())
      return fail(fmt::format("expected {} cells, found {}", header_.size(), cells_.size()));
    for (const std::string& cell : cells_) {
      if (!builder_.count()) return fail(fmt::format("more than {} entries", most_entries));
      if (first_invalid_utf8(cell)) return fail("is not UTF-8");
    }
    return map_ ? read_entry() : read_record();
  }

  Outcome read_entry() {
    Document& document = builder_.document();
    if (document.has(Document::root, cells_[0]))
      return fail(fmt::format("the key `{}` stands here twice", cells_[0]));
    const Document::Place entry = document.make(Document::root, cells_[0]);
    if (entry == Document::none) return fail("too many keys that look alike");
    if (element_.kind == Kind::scalar) {
      const auto cell = builder_.scalars().read_cell(element_, cells_[1]);
      if (!cell) return unexpected(element_, 1);
      document.set(entry, *cell);
      return {};
    }
    for (size_t i = 1; i < cells_.size(); ++i) {
      const size_t field = fields_[i - 1];
      if (left_out(field, i)) continue;
      const auto cell = builder_.scalars().read_cell(element_.parts[field], cells_[i]);
      if (!cell) return unexpected(element_.parts[field], i);
      const Document::Place place = document.make(entry, element_.names[field]);
      if (place == Document::none) return fail("too many keys that look alike");
      document.set(place, *cell);
    }
    return {};
  }

  Outcome read_record() {
    Builder::fill(columns_, length_++);
    for (size_t i = 0; i < cells_.size(); ++i) {
      if (left_out(fields_[i], i)) continue;
      Column& column = columns_.parts[fields_[i]];
      const auto cell = builder_.scalars().read_cell(*column.type, cells_[i]);
      if (!cell) return unexpected(*column.type, i);
      column.cells.push_back(*cell);
      if (column.presence != Document::none) column.present.push_back(native::cell_of(int64_t{1}));
    }
    return {};
  }

  bool left_out(size_t field, size_t cell) const {
    return element_.optional[field] && cells_[cell].empty();
  }

  Outcome unexpected(const DataType& type, size_t cell) const {
    constexpr size_t longest_shown = 60;
    return fail(fmt::format("column `{}`: expected {}, found `{}`", header_[cell],
                            builder_.scalars().expected(type),
                            cells_[cell].substr(0, longest_shown)));
  }

  const DataType& type_;
  const DataType& element_;
  size_t map_;  // columns before those of the fields
  CsvRows rows_;
  Builder& builder_;
  std::vector<std::string> header_, cells_;
  std::vector<size_t> fields_;  // by column, behind a map's key
  Column columns_;
  size_t length_ = 0;
};

bool tabular(const DataType& type) {
  if (type.kind != Kind::list && type.kind != Kind::map) return false;
  const DataType& element = type.parts[0];
  if (element.kind == Kind::scalar) return type.kind == Kind::map;
  return element.kind == Kind::record &&
         std::ranges::all_of(element.parts,
                             [](const DataType& part) { return part.kind == Kind::scalar; });
}

}  // namespace

Outcome read_csv(const DataType& type, std::string_view text, Builder& builder) {
  if (!tabular(type))
    return std::unexpected(
        "CSV holds a list of records, or a map of records or plain values, of plain fields");
  return Table(type, text, builder).read();
}

}  // namespace aipol::data
