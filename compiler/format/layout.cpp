#include "compiler/format/layout.h"

#include <algorithm>

#include "compiler/format/columns_of_text.h"
#include "compiler/format/measure.h"
#include "compiler/format/page.h"
#include "compiler/format/style.h"

namespace aipol::format {

namespace {

// `filled` is tall, with filled lines.
enum class Mode : uint8_t { one_line, broken, hanging, tall, filled };

class Layout {
 public:
  explicit Layout(const Document& document)
      : document_(document),
        pieces_(document.pieces()),
        measure_(document),
        modes_(document.groups()) {}

  std::string run() {
    for (at_ = 0; at_ < pieces_.size(); ++at_)
      std::visit([this](const auto& piece) { print(piece); }, pieces_[at_]);
    return page_.finish();
  }

 private:
  void print(const Text& text) {
    if (text.commented) page_.end_comments(indents_.back());
    page_.text(text.text, indents_.back());
  }
  void print(const Space&) { page_.space(); }
  void print(const Pad& pad) {
    if (pad.bracket == Document::none || is_tall(modes_[pad.bracket])) page_.space(pad.width);
  }
  void print(const Comma& comma) {
    if (comma.tall == is_tall(modes_[groups_.back()])) page_.text(",", indents_.back());
  }
  void print(const Remark& remark) {
    const Comment& comment = document_.comments()[remark.comment];
    uint32_t indent = indents_.back();
    if (comment.kind == Comment::Kind::own) return page_.comment_alone(comment, indent);
    // The closer goes to a new line.
    bool ends = comment.closing && is_tall(modes_[groups_.back()]);
    if (ends || comment.kind == Comment::Kind::trailing)
      return page_.comment_behind(comment, indent);
    page_.comment_inside(comment, indent);
  }
  void print(const Indent& indent) {
    indents_.push_back(indent.here ? page_.column() : indents_.back() + indent_width);
  }
  void print(const Outdent&) { indents_.pop_back(); }

  void print(const Begin& begin) {
    Mode outer = groups_.empty() ? Mode::broken : modes_[groups_.back()];
    modes_[begin.group] = outer == Mode::one_line ? outer : mode_of(begin);
    groups_.push_back(begin.group);
  }
  void print(const End&) { groups_.pop_back(); }

  Mode mode_of(const Begin& begin) const {
    if (measure_.fits(at_, page_.column())) return Mode::one_line;
    if (begin.shape == Shape::broken) return Mode::broken;
    if (measure_.hangs(at_, page_.column())) return Mode::hanging;
    return begin.filled ? Mode::filled : Mode::tall;
  }

  void print(const Line& line) {
    bool tall = is_tall(modes_[groups_.back()]);
    if (line.rule == Rule::open) return tall ? open_tall() : open(line);
    if (line.rule == Rule::close) return tall ? close_tall() : close(line);
    if (breaks(line, modes_[groups_.back()])) {
      page_.new_line(indents_.back(), line.blank);
    } else if (line.spaced) {
      page_.space();
    }
  }

  void open(const Line& line) {
    if (line.spaced) page_.space();
    indents_.push_back(page_.column());
  }
  void close(const Line& line) {
    if (line.spaced) page_.space();
    indents_.pop_back();
  }
  void open_tall() {
    indents_.push_back(page_.line_indent() + indent_width);
    page_.open_line(indents_.back());
  }
  void close_tall() {
    page_.close_line(indents_.back() - indent_width);
    indents_.pop_back();
  }

  bool breaks(const Line& line, Mode mode) const {
    if (line.forced || page_.must_break()) return true;
    if (mode == Mode::one_line || (line.hugs && page_.only_closers())) return false;
    if (mode == Mode::tall) return true;
    if (mode == Mode::broken && line.rule == Rule::together) return true;
    if (mode == Mode::filled && line.blank) return true;
    return !measure_.next_fits(at_, page_.column(), mode == Mode::filled);
  }

  static bool is_tall(Mode mode) { return mode == Mode::tall || mode == Mode::filled; }

  const Document& document_;
  const std::vector<Piece>& pieces_;
  Measure measure_;
  Page page_;
  std::vector<Mode> modes_;       // by group
  std::vector<uint32_t> groups_;  // that are open
  std::vector<uint32_t> indents_ = {0};
  size_t at_ = 0;
};

}  // namespace

std::string layout(const Document& document) { return Layout(document).run(); }

}  // namespace aipol::format
