// Goes along the tokens of a file and writes them into a document, each with its comments. What a
// construct's formatter adds is where lines may break and where spaces stand.
#pragma once

#include "compiler/format/document.h"
#include "compiler/format/token_stream.h"

namespace aipol::format {

struct Bracket {
  Shape shape = Shape::hanging;
  bool spaced = false;  // spaces inside, on one line
  bool forced = false;  // not on one line
  bool filled = false;  // tall, its lines are filled
};

class Writer {
 protected:
  Writer(const TokenStream& tokens, Document& document) : tokens_(tokens), out_(document) {}

  // The token in hand, and whether it is that word or sign.
  std::string_view token() const { return tokens_.text(at_); }
  bool at(std::string_view text) const { return token() == text; }

  void take() { take_as(token()); }
  void take_as(std::string_view text);
  void take_words(size_t count);   // with spaces between them
  void take_through(size_t last);  // several tokens as they stand in the file
  void skip();                     // not written; its comments are
  void space() { out_.space(); }

  // Its comments, where they must not come to stand behind what is written next.
  void comments(bool tight = false) { comments_before(tight); }
  void rest_of_comments();  // at the end of the file
  // Those that are not written yet.
  std::span<const Comment> comments_ahead() const { return tokens_.comments(at_).subspan(given_); }

  size_t begin(Shape shape = Shape::broken);
  void end() { out_.end(); }
  void line(Rule rule = Rule::together) { out_.line({.rule = rule}); }
  // Between declarations, statements and items: an empty line of the author's stays.
  size_t next_line(Rule rule = Rule::together) {
    return out_.line({.rule = rule, .blank = blank_ahead()});
  }
  bool blank_ahead() const;

  // Where nothing stands inside, it is written and that is all: false.
  bool open(const Bracket& bracket);
  void next_item();  // the comma in hand, and the line behind it
  void close(bool trailing_comma);
  // Whether the author went to a new line behind the bracket in hand.
  bool is_tall() const { return tokens_.line_break_before(at_ + 1); }
  bool is_several_lines() const { return tokens_.line_break_between(at_, tokens_.closer(at_)); }
  bool doc_ahead() const;

  const TokenStream& tokens_;
  Document& out_;
  size_t at_ = 0;  // the token in hand

 private:
  struct Opened {
    bool spaced;
    size_t token;
  };

  void comments_before(bool tight, bool closing = false);
  void trailing_comments();

  size_t given_ = 0;          // comments before the token in hand that are written
  std::vector<Opened> open_;  // brackets
};

}  // namespace aipol::format
