#include "compiler/format/neighbours.h"

#include <algorithm>
#include <span>

#include "compiler/format/measure.h"
#include "compiler/format/style.h"

namespace aipol::format {

namespace {

using Rows = std::span<const Row>;

class Arrangement {
 public:
  Arrangement(Rows rows, Document& document)
      : rows_(rows), document_(document), measure_(document) {}

  void run() {
    for (size_t i = 1; i < rows_.size(); ++i) {
      bool tall = is_tall(rows_[i - 1]) || is_tall(rows_[i]);
      if (tall && !rows_[i].blank) document_.line_at(rows_[i].line).blank = true;
    }
    for (size_t first = 0; first < rows_.size();) {
      size_t last = first + 1;
      while (last < rows_.size() && adjoins(rows_[last - 1], rows_[last])) ++last;
      if (last - first > 1) block(rows_.subspan(first, last - first));
      first = last;
    }
  }

 private:
  // The body begins where the head ends, or further right.
  bool is_tall(const Row& row, uint32_t padding = 0) const {
    if (row.bracket == 0) return false;
    uint32_t column = measure_.width(row.head, row.bracket) + padding;
    return !measure_.fits(row.bracket, column) && !measure_.hangs(row.bracket, column);
  }
  bool is_long(const Row& row, uint32_t padding = 0) const {
    if (row.bracket != 0) return is_tall(row, padding);
    return measure_.width(row.head, row.end) + padding > line_width ||
           measure_.breaks(row.head, row.end);
  }

  bool adjoins(const Row& above, const Row& row) const {
    return !row.parted && lines_up(above) && lines_up(row) &&
           (above.bracket != 0) == (row.bracket != 0) && above.setting == row.setting;
  }
  bool lines_up(const Row& row) const {
    return !row.pads.empty() && !is_long(row) && !measure_.breaks(row.head, row.pads.back());
  }

  // Rows with nothing between them: those of a kind, and settings that are alone of their kind.
  void block(Rows rows) {
    for (size_t first = 0; first < rows.size();) {
      size_t last = end_of_kind(rows, first);
      if (last > first + 1) {
        line_up(rows.subspan(first, last - first));
      } else if (rows[first].setting) {
        while (last < rows.size() && rows[last].setting && end_of_kind(rows, last) == last + 1)
          ++last;
        line_up_lone(rows.subspan(first, last - first));
      }
      first = last;
    }
  }
  static size_t end_of_kind(Rows rows, size_t first) {
    size_t last = first + 1;
    while (last < rows.size() && rows[last].keyword == rows[first].keyword) ++last;
    return last;
  }

  void line_up(Rows rows) {
    Padding padding(rows.size());
    size_t columns = 0;
    for (const Row& row : rows) columns = std::max(columns, row.pads.size());
    for (size_t column = 0; column < columns; ++column) {
      if (!padding.line_up(*this, rows, 0, [&](const Row& row) {
            return column < row.pads.size() ? row.pads[column] : 0;
          }))
        return;
    }
    take(padding, rows);
  }

  void line_up_lone(Rows rows) {
    Padding padding(rows.size());
    if (padding.line_up(*this, rows, lone_column, [](const Row& row) { return row.pads.back(); }))
      take(padding, rows);
  }

  struct Padding {
    explicit Padding(size_t rows) : sums(rows) {}

    // False where the gaps would be too wide. `pad_of` is 0 where a row lacks the column.
    bool line_up(const Arrangement& all, Rows rows, uint32_t column, auto pad_of) {
      uint32_t least = UINT32_MAX;
      auto place = [&](size_t i) {
        return all.measure_.width(rows[i].head, pad_of(rows[i])) + sums[i];
      };
      for (size_t i = 0; i < rows.size(); ++i) {
        if (pad_of(rows[i]) == 0) continue;
        column = std::max(column, place(i));
        least = std::min(least, place(i));
      }
      if (column - least > widest_gap) return false;
      for (size_t i = 0; i < rows.size(); ++i) {
        if (pad_of(rows[i]) == 0) continue;
        uint32_t width = column - place(i);
        pads.emplace_back(pad_of(rows[i]), width);
        sums[i] += width;
      }
      return true;
    }

    std::vector<uint32_t> sums;                       // by row
    std::vector<std::pair<size_t, uint32_t>> pads{};  // Pad, width
  };

  // Not where a line would get too long by it.
  void take(const Padding& padding, Rows rows) {
    for (size_t i = 0; i < rows.size(); ++i) {
      if (is_long(rows[i], padding.sums[i])) return;
    }
    for (auto [pad, width] : padding.pads) document_.pad_at(pad).width = width;
  }

  Rows rows_;
  Document& document_;
  Measure measure_;
};

}  // namespace

void arrange(const std::vector<Row>& rows, Document& document) {
  Arrangement(rows, document).run();
}

}  // namespace aipol::format
