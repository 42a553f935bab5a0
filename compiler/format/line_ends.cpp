#include "compiler/format/line_ends.h"

#include <algorithm>
#include <utility>

#include "compiler/format/columns_of_text.h"
#include "compiler/format/style.h"

namespace aipol::format {

void LineEnds::add(std::string line, uint32_t indent, uint32_t width, std::string comment,
                   std::string& text) {
  bool alone = comment.empty() || comment.contains('\n') || line.contains('\n');
  if (alone || (!lines_.empty() && lines_.back().indent != indent)) flush(text);
  lines_.push_back({std::move(line), indent, width, std::move(comment)});
  if (alone) flush(text);
}

// 0 where they do not all fit on their lines.
uint32_t LineEnds::column() const {
  uint32_t column = 0;
  for (const Line& line : lines_) column = std::max(column, line.width + 1);
  bool fit = std::ranges::all_of(
      lines_, [&](const Line& line) { return column + columns_of(line.comment) <= line_width; });
  return fit ? column : 0;
}

void LineEnds::flush(std::string& text) {
  uint32_t column = lines_.size() > 1 ? this->column() : 0;
  for (Line& line : lines_) {
    text += line.text;
    if (!line.comment.empty()) {
      text.append(std::max(column, line.width + 1) - line.width, ' ');
      text += line.comment;
    }
    text += '\n';
  }
  lines_.clear();
}

}  // namespace aipol::format
