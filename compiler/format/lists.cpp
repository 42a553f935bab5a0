// What stands in brackets, with commas.
#include <algorithm>

#include "base/overloaded.h"
#include "compiler/format/formatter.h"
#include "compiler/format/style.h"

namespace aipol::format {

namespace {

using ast::ExpressionPtr;

// Several of them may share a line of a list that is broken.
bool is_short(ExpressionPtr item) {
  return std::visit(Overloaded{
                        [](const ast::Binary&) { return false; },
                        [](const ast::Conditional&) { return false; },
                        [](const ast::Quantified&) { return false; },
                        [](const ast::List&) { return false; },
                        [](const ast::Tuple&) { return false; },
                        [](const ast::Record&) { return false; },
                        [](const auto&) { return true; },
                    },
                    item->node);
}

bool is_row(ExpressionPtr item) { return std::holds_alternative<ast::Tuple>(item->node); }

}  // namespace

void Formatter::node(const ast::List& list, Place) {
  const std::vector<ExpressionPtr>& all = list.items;
  if (!all.empty() && std::ranges::all_of(all, is_row)) return table(list);
  bool together = std::ranges::all_of(all, is_short), filled = false;
  for (size_t i = 1; i < all.size(); ++i)
    filled |= together && !line_break_between(all[i - 1]->span, all[i]->span);
  Shape shape = together ? Shape::hanging : Shape::tall;
  if (!open({shape, false, is_tall(), filled})) return;
  for (size_t i = 0; i < all.size(); ++i) {
    if (i > 0) next_item();
    expression(all[i], Place::behind);
  }
  close(true);
}

void Formatter::node(const ast::Tuple& tuple, Place) { items(tuple.items); }

// In parentheses: they are broken where they have to be.
void Formatter::items(const std::vector<ExpressionPtr>& items) {
  if (!open({})) return;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) next_item();
    expression(items[i], Place::behind);
  }
  close(true);
}

void Formatter::node(const ast::Record& record, Place) {
  if (open(braces())) entries(record);
}

void Formatter::entries(const ast::Record& record) {
  for (const ast::RecordEntry& entry : record.entries) {
    if (&entry != &record.entries.front()) next_item();
    take();
    take();
    assigned(entry.value);
  }
  close(true);
}

void Formatter::node(const ast::Weighted& weighted, Place) {
  expression(weighted.item, Place::behind);
  space();
  take();
  space();
  expression(weighted.weight, Place::behind);
}

// Of a row: what stands in it, the pieces [from, to), and what fills its column.
struct Formatter::Cell {
  size_t from, to, pad;
};

// Rows of values, a line each; their columns are lined up.
void Formatter::table(const ast::List& rows) {
  if (!open({Shape::tall, false, is_tall(), false})) return;
  uint32_t table = out_.last_group();
  std::vector<std::vector<Cell>> cells(rows.items.size());
  bool whole = true;
  for (size_t i = 0; i < rows.items.size(); ++i) {
    if (i > 0) next_item();
    if (parentheses(*rows.items[i]) > 0) {
      expression(rows.items[i], Place::behind);
    } else {
      size_t begin = out_.size();
      table_row(std::get<ast::Tuple>(rows.items[i]->node), table, cells[i]);
      whole &= !out_.breaks(begin, out_.size());
    }
  }
  close(true);
  if (whole) line_up(cells);
}

void Formatter::table_row(const ast::Tuple& row, uint32_t table, std::vector<Cell>& cells) {
  open({});
  for (size_t i = 0; i < row.items.size(); ++i) {
    size_t from = out_.size();
    expression(row.items[i], Place::behind);
    size_t to = out_.size();
    if (i + 1 == row.items.size()) break;
    take();
    cells.push_back({from, to, out_.pad(table)});
    next_line();
  }
  close(true);
}

void Formatter::line_up(const std::vector<std::vector<Cell>>& rows) {
  std::vector<uint32_t> widths;
  for (const std::vector<Cell>& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], out_.width(row[i].from, row[i].to));
  }
  uint32_t sum = 0;
  for (uint32_t width : widths) sum += width + 2;
  if (sum > table_width) return;
  for (const std::vector<Cell>& row : rows) {
    for (size_t i = 0; i < row.size(); ++i)
      out_.pad_at(row[i].pad).width = widths[i] - out_.width(row[i].from, row[i].to);
  }
}

}  // namespace aipol::format
