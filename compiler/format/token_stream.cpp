#include "compiler/format/token_stream.h"

#include <algorithm>

#include "compiler/format/columns_of_text.h"

namespace aipol::format {

namespace {

std::string_view without_end(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
}

size_t line_breaks(std::string_view text) {
  return static_cast<size_t>(std::ranges::count(text, '\n'));
}

}  // namespace

TokenStream::TokenStream(const source::File& file, const ast::Tokens& tokens)
    : file_(file), tokens_(tokens.tokens), written_(tokens.comments), comments_(written_.size()) {
  size_t comment = 0;
  for (size_t token = 0; token <= tokens_.size(); ++token) {
    // A comment may stand inside of `not in`.
    uint32_t end = token < tokens_.size() ? tokens_[token].end : UINT32_MAX;
    size_t first = comment;
    while (comment < written_.size() && written_[comment].span.begin < end) ++comment;
    gaps_.push_back({first});
    read_gap(token, first, comment);
    breaks_.push_back((token == 0 ? 0 : breaks_.back()) + (gaps_.back().line_break ? 1 : 0));
  }
  gaps_.push_back({comment});
  match_brackets();
}

uint32_t TokenStream::begin_of(size_t token) const {
  return token < tokens_.size() ? tokens_[token].begin : static_cast<uint32_t>(file_.text().size());
}

void TokenStream::read_gap(size_t token, size_t first, size_t last) {
  Gap& gap = gaps_.back();
  uint32_t before = token == 0 ? 0 : tokens_[token - 1].end;
  gap.line_break = line_breaks(between(before, std::max(before, begin_of(token)))) > 0;
  // From the token back: whether its line has begun by then.
  uint32_t behind = std::max(begin_of(token), last > first ? written_[last - 1].span.end : 0);
  gap.blank = line_breaks(between(last > first ? written_[last - 1].span.end : before, behind)) > 1;
  bool line_ends = token == tokens_.size();
  for (size_t i = last; i-- > first;) {
    source::Span span = written_[i].span;
    line_ends |= between(span.end, std::max(span.end, behind)).contains('\n');
    read_comment(i, i > first ? written_[i - 1].span.end : before, line_ends);
    line_ends |= between(span.begin, span.end).contains('\n');
    behind = span.begin;
  }
}

void TokenStream::read_comment(size_t number, uint32_t before, bool line_ends) {
  const ast::Comment& written = written_[number];
  Comment& comment = comments_[number];
  comment.text = without_end(between(written.span.begin, written.span.end));
  bool several_lines = comment.text.contains('\n');
  if (written.doc || written.own_line) {
    comment.kind = Comment::Kind::own;
  } else {
    comment.kind = Comment::Kind::trailing;
  }
  if (comment.text.starts_with("/*") && !several_lines && !line_ends)
    comment.kind = Comment::Kind::inside;
  comment.doc = written.doc;
  comment.blank_before = line_breaks(between(before, std::max(before, written.span.begin))) > 1;
  if (!several_lines) return;
  std::string_view line = file_.text().substr(0, written.span.begin);
  comment.column = columns_of(line.substr(line.rfind('\n') + 1));
  std::string& trimmed = trimmed_.emplace_back();
  for (std::string_view rest = comment.text; !rest.empty();) {
    if (!trimmed.empty()) trimmed += '\n';
    size_t end = std::min(rest.find('\n'), rest.size());
    trimmed += without_end(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  comment.text = trimmed;
}

void TokenStream::match_brackets() {
  closers_.resize(tokens_.size());
  std::vector<size_t> open;
  for (size_t token = 0; token < tokens_.size(); ++token) {
    std::string_view sign = text(token);
    if (sign.size() != 1) continue;
    if (std::string_view("{[(").contains(sign[0])) open.push_back(token);
    if (!std::string_view("}])").contains(sign[0]) || open.empty()) continue;
    closers_[open.back()] = token;
    open.pop_back();
  }
}

std::string_view TokenStream::text(size_t token) const {
  return token < tokens_.size() ? text(token, token) : std::string_view();
}

std::string_view TokenStream::text(size_t first, size_t last) const {
  return between(tokens_[first].begin, tokens_[last].end);
}

std::span<const Comment> TokenStream::comments(size_t token) const {
  size_t first = gaps_[token].first_comment;
  return {comments_.data() + first, gaps_[token + 1].first_comment - first};
}

}  // namespace aipol::format
