#include "compiler/format/document.h"

#include <utility>

#include "base/overloaded.h"
#include "compiler/format/columns_of_text.h"

namespace aipol::format {

size_t Document::add(Piece piece) {
  pieces_.push_back(std::move(piece));
  return pieces_.size() - 1;
}

void Document::text(std::string_view text) { add(Text{text, columns_of(text)}); }

size_t Document::line(Line line) {
  line.group = open_.back();
  line.forced |= std::exchange(ends_line_, false) || line.rule == Rule::hard;
  return add(line);
}

size_t Document::begin(Shape shape, bool forced, bool filled) {
  open_.push_back(add(Begin{shape, forced, filled, 0}));
  return open_.back();
}

void Document::end() {
  std::get<Begin>(pieces_[open_.back()]).end = add(End{open_.back()});
  open_.pop_back();
}

void Document::comment(const Comment& comment) {
  add(comment);
  if (comment.kind == Comment::Kind::trailing) ends_line_ = true;
}

uint32_t width_of(const Piece& piece) {
  return std::visit(Overloaded{
                        [](const Text& text) { return text.width; },
                        [](const Space&) { return 1u; },
                        [](const Line& line) { return line.spaced ? 1u : 0u; },
                        [](const Comma& comma) { return comma.tall ? 0u : 1u; },
                        [](const Comment& comment) {
                          // What stands behind a line's end does not count, but a block comment may
                          // come to stand before it.
                          bool counts =
                              comment.kind != Comment::Kind::own && comment.text.starts_with("/*");
                          return counts ? columns_of(comment.text) + 1 : 0u;
                        },
                        [](const auto&) { return 0u; },
                    },
                    piece);
}

bool breaks(const Piece& piece) {
  return std::visit(Overloaded{
                        [](const Text& text) { return text.text.contains('\n'); },
                        [](const Line& line) { return line.forced; },
                        [](const Begin& begin) { return begin.forced; },
                        [](const Comment& comment) { return comment.kind == Comment::Kind::own; },
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
