#include "compiler/format/measure.h"

#include <algorithm>

#include "compiler/format/style.h"

namespace aipol::format {

Measure::Measure(const Document& document)
    : pieces_(document.pieces()), groups_(document.groups()) {
  width_.reserve(pieces_.size() + 1);
  breaks_.reserve(pieces_.size() + 1);
  uint32_t width = 0, breaks = 0;
  for (const Piece& piece : pieces_) {
    width_.push_back(width);
    breaks_.push_back(breaks);
    width += width_of(piece);
    breaks += format::breaks(piece) ? 1 : 0;
  }
  width_.push_back(width);
  breaks_.push_back(breaks);
  find_lines();
  find_segments();
}

void Measure::find_lines() {
  auto size = static_cast<uint32_t>(pieces_.size());
  next_line_.assign(size + 1, size);
  for (uint32_t i = size; i-- > 0;)
    next_line_[i] = std::holds_alternative<Line>(pieces_[i]) ? i : next_line_[i + 1];
}

void Measure::find_segments() {
  next_in_group_.resize(pieces_.size());
  for (uint32_t i = 0; i < pieces_.size(); ++i) {
    if (const auto* end = std::get_if<End>(&pieces_[i])) {
      Group& group = groups_[end->group];
      group.end = i;
      if (group.last_line != 0 && next_in_group_[group.last_line] == 0)
        next_in_group_[group.last_line] = i;
    }
    const auto* line = std::get_if<Line>(&pieces_[i]);
    if (line == nullptr) continue;
    Group& group = groups_[line->group];
    if (group.last_line != 0) next_in_group_[group.last_line] = i;
    if (line->rule == Rule::close) continue;
    if (group.last_line != 0) {
      group.widest = std::max(group.widest, width(group.last_line, i));
    } else {
      group.first_line = i;
    }
    group.last_line = i;
  }
}

bool Measure::fits(size_t begin, uint32_t column) const {
  size_t end = group_at(begin).end;
  return !breaks(begin, end) && column + width(begin, end) + rest(end + 1) <= line_width;
}

bool Measure::hangs(size_t begin, uint32_t column) const {
  const Group& group = group_at(begin);
  if (std::get<Begin>(pieces_[begin]).shape != Shape::hanging || breaks(begin, group.end))
    return false;
  column += width(begin, group.first_line + 1);
  uint32_t last = width(group.last_line + 1, group.end) + rest(group.end + 1);
  return column + std::max(group.widest, last) <= line_width;
}

bool Measure::next_fits(size_t line, uint32_t column, bool tall) const {
  size_t next = next_in_group_[line];
  const Group& group = groups_[std::get<Line>(pieces_[line]).group];
  column += width(line, next);
  if (line != group.last_line) return column <= line_width;
  // The closer of a tall bracket is on a line of its own, behind a comma.
  return column + (tall ? 1 : width(next, group.end) + rest(group.end + 1)) <= line_width;
}

}  // namespace aipol::format
