// The lines as they come to stand: white space is written only before what follows it, comments at
// the end of a line only once the line ends.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/format/comment.h"
#include "compiler/format/line_ends.h"

namespace aipol::format {

class Page {
 public:
  // On the line in hand; on a new one with that indent where a comment has ended it.
  void text(std::string_view text, uint32_t indent);
  void space(uint32_t count = 1) {
    if (!line_.empty()) spaces_ += count;
  }
  // Where the line in hand is empty, it takes the indent.
  void new_line(uint32_t indent, bool blank);
  // The first line behind an opener: nothing is blank above it.
  void open_line(uint32_t indent);
  // A line that begins with a closer.
  void close_line(uint32_t indent);
  // At the end of the line in hand; a line of its own; in the line. Comments outlive the page.
  void comment_behind(const Comment& comment, uint32_t indent);
  void comment_alone(const Comment& comment, uint32_t indent);
  void comment_inside(const Comment& comment, uint32_t indent);
  // A new line where comments wait for the end of the one in hand: another one comes.
  void end_comments(uint32_t indent) {
    if (!behind_.empty()) new_line(indent, false);
  }
  std::string finish();

  uint32_t column() const { return line_.empty() ? indent_ : column_ + spaces_; }
  uint32_t line_indent() const { return indent_; }
  bool only_closers() const { return only_closers_; }  // stand on the line in hand
  bool must_break() const { return must_break_; }

 private:
  void begin_text(uint32_t indent);
  void append(std::string_view text);
  std::string comments_behind();
  bool may_follow() const;

  std::string out_;   // whole lines
  LineEnds pending_;  // further ones
  std::string line_;  // in hand, with its indent; empty until something stands on it
  uint32_t indent_ = 0, column_ = 0;
  uint32_t spaces_ = 0;        // before what comes next on the line
  bool blank_ = false;         // an empty line goes before the line
  bool may_be_blank_ = false;  // it is not the first of the text or of a bracket
  bool must_break_ = false;    // a comment ends the line
  bool only_closers_ = false;
  std::vector<const Comment*> behind_;  // comments for the end of the line
};

}  // namespace aipol::format
