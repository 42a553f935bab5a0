#include "compiler/format/writer.h"

#include <algorithm>

namespace aipol::format {

namespace {

// Nothing stands between them and what is before.
bool is_tight(std::string_view token) {
  return token.size() == 1 && std::string_view(",.:?)]>").contains(token[0]);
}

bool is_closer(std::string_view token) {
  return token.empty() || (token.size() == 1 && std::string_view("}])").contains(token[0]));
}

}  // namespace

void Writer::take_as(std::string_view text) {
  comments_before(is_tight(text));
  out_.text(text);
  ++at_;
  given_ = 0;
  trailing_comments();
}

void Writer::take_words(size_t count) {
  for (size_t i = 0; i < count; ++i) {
    if (i > 0) space();
    take();
  }
}

void Writer::take_through(size_t last) {
  comments_before(false);
  bool commented = false;
  for (size_t token = at_ + 1; token <= last; ++token)
    commented |= !tokens_.comments(token).empty();
  out_.text(tokens_.text(at_, last), commented);
  at_ = last + 1;
  given_ = 0;
  trailing_comments();
}

void Writer::skip() {
  comments_before(is_tight(token()));
  ++at_;
  given_ = 0;
  trailing_comments();
}

void Writer::comments_before(bool tight, bool closing) {
  std::span<const Comment> all = tokens_.comments(at_);
  for (; given_ < all.size(); ++given_) {
    Comment comment = all[given_];
    comment.tight = tight;
    comment.closing = closing;
    bool last = given_ + 1 == all.size();
    bool blank = last ? tokens_.blank_before(at_) : all[given_ + 1].blank_before;
    comment.blank_after = blank && !(last && is_closer(token()));
    out_.comment(comment);
  }
}

void Writer::trailing_comments() {
  std::span<const Comment> all = tokens_.comments(at_);
  for (; given_ < all.size() && all[given_].kind == Comment::Kind::trailing; ++given_)
    out_.comment(all[given_]);
}

void Writer::rest_of_comments() {
  if (given_ == tokens_.comments(at_).size()) return;
  if (at_ > 0) next_line(Rule::hard);
  comments_before(false);
}

bool Writer::blank_ahead() const {
  std::span<const Comment> all = tokens_.comments(at_);
  return given_ < all.size() ? all[given_].blank_before : tokens_.blank_before(at_);
}

bool Writer::doc_ahead() const { return std::ranges::any_of(tokens_.comments(at_), &Comment::doc); }

size_t Writer::begin(Shape shape) {
  comments_before(false);
  return out_.begin(shape);
}

bool Writer::open(const Bracket& bracket) {
  comments_before(is_tight(token()));
  bool empty = tokens_.closer(at_) == at_ + 1 && tokens_.comments(at_ + 1).empty();
  if (empty) {
    take_words(1);
    take();
    return false;
  }
  out_.begin(bracket.shape, bracket.forced, bracket.filled);
  open_.push_back({bracket.spaced, at_});
  take();
  out_.line({.rule = Rule::open, .spaced = bracket.spaced});
  return true;
}

void Writer::next_item() {
  take();
  next_line();
}

void Writer::close(bool trailing_comma) {
  Opened opened = open_.back();
  open_.pop_back();
  if (trailing_comma && !doc_ahead() && opened.token + 1 < at_) out_.comma(true);
  comments_before(true, true);
  out_.line({.rule = Rule::close, .spaced = opened.spaced});
  take();
  end();
}

}  // namespace aipol::format
