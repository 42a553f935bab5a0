#include "compiler/format/page.h"

#include <algorithm>
#include <utility>

#include "compiler/format/columns_of_text.h"

namespace aipol::format {

namespace {

// The lines below the first move as far as the first has moved.
std::string moved(const Comment& comment, uint32_t to) {
  std::string_view rest = comment.text;
  std::string result(rest.substr(0, rest.find('\n')));
  rest.remove_prefix(result.size());
  while (!rest.empty()) {
    rest.remove_prefix(1);
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(line.size());
    result += '\n';
    size_t spaces = line.find_first_not_of(' ');
    if (spaces == std::string_view::npos) continue;
    result.append(std::max<size_t>(spaces + to, comment.column) - comment.column, ' ');
    result += line.substr(spaces);
  }
  return result;
}

}  // namespace

void Page::append(std::string_view text) {
  line_ += text;
  size_t line = text.rfind('\n');
  column_ = line == std::string_view::npos ? column_ + columns_of(text)
                                           : columns_of(text.substr(line + 1));
}

void Page::begin_text(uint32_t indent) {
  if (must_break_) new_line(indent, false);
  if (!line_.empty()) {
    line_.append(spaces_, ' ');
    column_ += spaces_;
  } else {
    if (std::exchange(blank_, false)) {
      pending_.flush(out_);
      out_ += '\n';
    }
    line_.append(indent_, ' ');
    column_ = indent_;
  }
  spaces_ = 0;
  may_be_blank_ = true;
}

void Page::text(std::string_view text, uint32_t indent) {
  begin_text(indent);
  constexpr std::string_view closers = "}])";
  only_closers_ = only_closers_ && text.size() == 1 && closers.contains(text[0]);
  append(text);
}

void Page::new_line(uint32_t indent, bool blank) {
  if (!line_.empty())
    pending_.add(std::exchange(line_, {}), indent_, column_, comments_behind(), out_);
  must_break_ = only_closers_ = false;
  blank_ = (blank_ || blank) && may_be_blank_;
  spaces_ = 0;
  indent_ = indent;
}

std::string Page::comments_behind() {
  std::string all;
  uint32_t column = column_;
  for (const Comment* comment : std::exchange(behind_, {})) {
    if (!all.empty()) all += ' ';
    ++column;
    all += moved(*comment, column);
    column += columns_of(comment->text);
  }
  return all;
}

// Whether another comment can stand behind it on its line.
bool Page::may_follow() const {
  return behind_.empty() ||
         (behind_.back()->text.starts_with("/*") && !behind_.back()->text.contains('\n'));
}

void Page::open_line(uint32_t indent) {
  new_line(indent, false);
  may_be_blank_ = false;
}

void Page::close_line(uint32_t indent) {
  new_line(indent, false);
  blank_ = false;
  only_closers_ = true;
}

void Page::comment_behind(const Comment& comment, uint32_t indent) {
  if (line_.empty() || must_break_ || !may_follow()) return comment_alone(comment, indent);
  behind_.push_back(&comment);
}

void Page::comment_alone(const Comment& comment, uint32_t indent) {
  if (!line_.empty()) {
    new_line(indent, comment.blank_before);
  } else {
    blank_ |= comment.blank_before && may_be_blank_;
  }
  begin_text(indent);
  append(moved(comment, column_));
  only_closers_ = false;
  must_break_ = true;
  blank_ = comment.blank_after;
}

void Page::comment_inside(const Comment& comment, uint32_t indent) {
  end_comments(indent);
  bool opened = !line_.empty() && std::string_view("([{").contains(line_.back());
  if (spaces_ == 0 && !opened) space();
  begin_text(indent);
  append(comment.text);
  only_closers_ = false;
  if (!comment.tight) space();
}

std::string Page::finish() {
  if (!line_.empty()) new_line(0, false);
  pending_.flush(out_);
  return std::move(out_);
}

}  // namespace aipol::format
