#include "compiler/format/document.h"

#include <utility>

#include "base/overloaded.h"
#include "compiler/format/columns_of_text.h"

namespace aipol::format {

size_t Document::add(Piece piece) {
  pieces_.push_back(std::move(piece));
  return pieces_.size() - 1;
}

void Document::text(std::string_view text, bool commented) {
  add(Text{text, columns_of(text), commented});
}

size_t Document::line(Line line) {
  line.group = open_.back();
  line.forced |= std::exchange(ends_line_, false) || line.rule == Rule::hard;
  return add(line);
}

size_t Document::begin(Shape shape, bool forced, bool filled) {
  open_.push_back(groups_);
  return add(Begin{shape, forced, filled, groups_++});
}

void Document::end() {
  add(End{open_.back()});
  open_.pop_back();
}

void Document::comment(const Comment& comment) {
  // What stands behind a line's end does not count, but a block comment may come to stand before
  // it.
  bool counts = comment.kind != Comment::Kind::own && comment.text.starts_with("/*");
  add(Remark{static_cast<uint32_t>(comments_.size()), counts ? columns_of(comment.text) + 1 : 0,
             comment.kind == Comment::Kind::own});
  comments_.push_back(comment);
  ends_line_ |= comment.kind == Comment::Kind::trailing;
}

uint32_t width_of(const Piece& piece) {
  return std::visit(Overloaded{
                        [](const Text& text) { return text.width; },
                        [](const Space&) { return 1u; },
                        [](const Line& line) { return line.spaced ? 1u : 0u; },
                        [](const Comma& comma) { return comma.tall ? 0u : 1u; },
                        [](const Remark& remark) { return remark.width; },
                        [](const auto&) { return 0u; },
                    },
                    piece);
}

bool breaks(const Piece& piece) {
  return std::visit(Overloaded{
                        [](const Text& text) { return text.text.contains('\n'); },
                        [](const Line& line) { return line.forced; },
                        [](const Begin& begin) { return begin.forced; },
                        [](const Remark& remark) { return remark.breaks; },
                        [](const auto&) { return false; },
                    },
                    piece);
}

uint32_t Document::width(size_t from, size_t to) const {
  uint32_t sum = 0;
  for (size_t i = from; i < to; ++i) sum += width_of(pieces_[i]);
  return sum;
}

bool Document::breaks(size_t from, size_t to) const {
  for (size_t i = from; i < to; ++i) {
    if (format::breaks(pieces_[i])) return true;
  }
  return false;
}

}  // namespace aipol::format
