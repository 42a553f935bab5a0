// The tokens of a file with what stands between them.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ast/tokens.h"
#include "compiler/format/comment.h"
#include "compiler/source/source.h"

namespace aipol::format {

class TokenStream {
 public:
  TokenStream(const source::File& file, const ast::Tokens& tokens);

  size_t size() const { return tokens_.size(); }
  // Empty behind the last one.
  std::string_view text(size_t token) const;
  source::Span span(size_t token) const { return tokens_[token]; }
  // The text of several tokens, as it stands in the file.
  std::string_view text(size_t first, size_t last) const;

  // Of a token, or of the end of the file: what stands between it and the token before.
  std::span<const Comment> comments(size_t token) const;
  bool line_break_before(size_t token) const { return gaps_[token].line_break; }
  // An empty line directly before it.
  bool blank_before(size_t token) const { return gaps_[token].blank; }

  // The token that closes the bracket which this one opens.
  size_t closer(size_t opener) const { return closers_[opener]; }
  // A line break stands between the two tokens.
  bool line_break_between(size_t first, size_t last) const {
    return breaks_[last] != breaks_[first];
  }

 private:
  struct Gap {
    size_t first_comment = 0;
    bool line_break = false;
    bool blank = false;
  };

  void read_gap(size_t token, size_t first, size_t last);
  void read_comment(size_t number, uint32_t before, bool line_ends);
  void match_brackets();
  std::string_view between(uint32_t begin, uint32_t end) const {
    return file_.text().substr(begin, end - begin);
  }
  uint32_t begin_of(size_t token) const;

  const source::File& file_;
  const std::vector<source::Span>& tokens_;
  const std::vector<ast::Comment>& written_;
  std::vector<Comment> comments_;
  std::deque<std::string> trimmed_;  // comments of several lines
  std::vector<Gap> gaps_;            // by token, and of the end
  std::vector<size_t> breaks_;       // by token: how many up to it have a line break before them
  std::vector<size_t> closers_;
};

}  // namespace aipol::format
