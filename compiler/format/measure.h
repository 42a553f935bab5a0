// What fits on a line. Everything is known beforehand from one pass over the document, so that
// layout takes time in proportion to it.
#pragma once

#include "compiler/format/document.h"

namespace aipol::format {

class Measure {
 public:
  explicit Measure(const Document& document);

  // Of the pieces [from, to), on one line.
  uint32_t width(size_t from, size_t to) const { return width_[to] - width_[from]; }
  bool breaks(size_t from, size_t to) const { return breaks_[to] != breaks_[from]; }

  // Whether the group, begun in that column, fits on the line, with what can not be parted from it.
  bool fits(size_t begin, uint32_t column) const;
  // Whether each item of the bracket fits on a line where the bracket hangs from that column.
  bool hangs(size_t begin, uint32_t column) const;
  // Whether what follows the line, up to the next of its group, fits where it does not break.
  bool next_fits(size_t line, uint32_t column, bool tall) const;

 private:
  // From the piece to where a line may break next.
  uint32_t rest(size_t from) const { return width_[next_line_[from]] - width_[from]; }
  void find_lines();
  void find_segments();

  struct Group {
    uint32_t end = 0;
    uint32_t first_line = 0,
             last_line = 0;  // the last one before the closer; 0: none
    uint32_t widest = 0;     // of what stands between two lines, the last aside
  };
  const Group& group_at(size_t begin) const {
    return groups_[std::get<Begin>(pieces_[begin]).group];
  }

  const std::vector<Piece>& pieces_;
  std::vector<uint32_t> width_, breaks_;  // before each piece
  std::vector<uint32_t> next_line_;       // the first line at or behind a piece
  std::vector<uint32_t> next_in_group_;   // of a line: the next line or the end of its group
  std::vector<Group> groups_;
};

}  // namespace aipol::format
