// A text whose lines are not broken yet: what stands in it from left to right, and where lines may
// break. The writer makes it in one go along the tokens; layout.h decides the breaks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/format/comment.h"

namespace aipol::format {

// How a group is laid out where it does not fit on one line.
enum class Shape : uint8_t {
  broken,   // a line break at each of its lines
  hanging,  // of a bracket: filled lines that begin below the first item; tall
            // where an item alone does not fit
  tall,     // of a bracket: the items indented, the closer on a line of its own
};

// When a line of a group breaks.
enum class Rule : uint8_t {
  together,  // with the others
  filled,    // where what follows, up to the next line of the group, does not fit
  open,      // behind the opener of a bracket
  close,     // before its closer
  hard,      // always
};

struct Text {
  std::string_view text;
  uint32_t width;
  bool commented = false;  // a comment stands inside
};
struct Space {};
// What lines up columns; with a bracket only where that is tall.
struct Pad {
  uint32_t bracket = 0;
  uint32_t width = 0;
};
struct Line {
  Rule rule = Rule::together;
  bool spaced = true;   // a space where it does not break
  bool blank = false;   // an empty line before, where it breaks and something can
                        // stand above
  bool forced = false;  // breaks in any case
  bool hugs = false;    // not behind a line of nothing but closers
  uint32_t group = 0;
};
struct Begin {
  Shape shape = Shape::broken;
  bool forced = false;  // not on one line
  bool filled = false;  // a tall bracket fills its lines
  uint32_t group = 0;   // its number
};
struct End {
  uint32_t group = 0;
};
// Lines up to the Outdent begin further right: by an indent, or where this stands.
struct Indent {
  bool here = false;
};
struct Outdent {};
// A comment, by its number.
struct Remark {
  uint32_t comment;
  uint32_t width;
  bool breaks;
};
// The comma behind the last item of a tall bracket, or between the items of one that is not tall.
struct Comma {
  bool tall;
};

using Piece = std::variant<Text, Space, Pad, Line, Begin, End, Indent, Outdent, Comma, Remark>;

class Document {
 public:
  static constexpr uint32_t none = 0;  // no bracket: group 0 is the whole

  Document() { begin(Shape::broken); }

  void text(std::string_view text, bool commented = false);
  void space() { pieces_.emplace_back(Space{}); }
  size_t pad(uint32_t bracket = none) { return add(Pad{bracket}); }
  size_t line(Line line);
  size_t begin(Shape shape, bool forced = false, bool filled = false);
  // The group that was begun last, and how many there are.
  uint32_t last_group() const { return groups_ - 1; }
  uint32_t groups() const { return groups_; }
  void end();
  void indent(bool here = false) { pieces_.emplace_back(Indent{here}); }
  void outdent() { pieces_.emplace_back(Outdent{}); }
  void comma(bool tall) { pieces_.emplace_back(Comma{tall}); }
  void comment(const Comment& comment);

  const std::vector<Piece>& pieces() const { return pieces_; }
  const std::vector<Comment>& comments() const { return comments_; }
  size_t size() const { return pieces_.size(); }
  Pad& pad_at(size_t index) { return std::get<Pad>(pieces_[index]); }
  Line& line_at(size_t index) { return std::get<Line>(pieces_[index]); }
  // Of a few pieces, [from, to); measure.h has all.
  uint32_t width(size_t from, size_t to) const;
  bool breaks(size_t from, size_t to) const;

 private:
  size_t add(Piece piece);

  std::vector<Piece> pieces_;
  std::vector<Comment> comments_;
  std::vector<uint32_t> open_;  // groups
  uint32_t groups_ = 0;
  bool ends_line_ = false;  // a comment was written that reaches to the end of its line
};

// The width of a piece on one line.
uint32_t width_of(const Piece& piece);
// Whether the piece breaks its groups.
bool breaks(const Piece& piece);

}  // namespace aipol::format
