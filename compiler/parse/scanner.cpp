#include "compiler/parse/scanner.h"

#include <algorithm>

#include "compiler/parse/characters.h"
#include "compiler/parse/parse.h"
#include "compiler/parse/words.h"
#include "grammar/AipolParser.h"

namespace aipol::parse {

using grammar::AipolParser;

Lexemes Scanner::scan() {
  out_.tokens.reserve(text_.size() / 6 + 16);
  if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;  // byte order mark
  while (skip_space_and_comments()) {
    if (errors_ >= max_errors) {
      out_.gave_up = true;
      break;
    }
    next();
  }
  // The end of the file is shown behind the last token, not on an empty line far below.
  uint32_t end = out_.tokens.empty() ? 0 : out_.tokens.back().end;
  out_.tokens.emplace_back(end, end, static_cast<uint32_t>(out_.tokens.size()), UINT16_MAX, true);
  return std::move(out_);
}

void Scanner::next() {
  char c = peek();
  if ((c == 'r' || c == 'f') && peek(1) == '"') {
    if (c == 'r') {
      scan_raw_text();
    } else {
      at_ += 2;
      scan_format(at_ - 2, false);
    }
  } else if (is_word_start(c)) {
    scan_word();
  } else if (is_digit(c) || (c == '$' && is_digit(peek(1)))) {
    scan_number();
  } else if (c == '"') {
    scan_text();
  } else {
    scan_punctuation();
  }
}

// False at the end of the text.
bool Scanner::skip_space_and_comments() {
  while (!done()) {
    char c = peek();
    if (c == '\n') {
      line_begin_ = ++at_;
      first_on_line_ = true;
    } else if (c == ' ' || c == '\t' || c == '\r') {
      ++at_;
    } else if (c == '/' && peek(1) == '/') {
      skip_line_comment();
    } else if (c == '/' && peek(1) == '*') {
      skip_block_comment();
    } else {
      return true;
    }
  }
  return false;
}

void Scanner::skip_line_comment() {
  size_t end = std::min(text_.find('\n', at_), text_.size());
  std::string_view line = text_.substr(at_, end - at_);
  bool doc = line.starts_with("///") && !line.starts_with("////");
  if (doc) keep_doc(line.substr(3));
  out_.comments.push_back({span(at_, static_cast<uint32_t>(end)), first_on_line_, doc});
  at_ = static_cast<uint32_t>(end);
}

void Scanner::keep_doc(std::string_view line) {
  line = line.substr(0, line.find_last_not_of(" \t\r") + 1);
  if (line.starts_with(' ')) line.remove_prefix(1);
  auto token = static_cast<uint32_t>(out_.tokens.size());
  if (!out_.docs.empty() && out_.docs.back().token == token) {
    out_.docs.back().text.append("\n").append(line);
  } else {
    out_.docs.push_back({token, std::string(line)});
  }
}

void Scanner::skip_block_comment() {
  size_t end = text_.find("*/", at_ + 2);
  if (end == std::string_view::npos) {
    failed_at(at_, diagnostics_.report(span(at_, at_ + 2), diagnostics::unterminated, "comment"))
        .help("end it with `*/`");
    end = text_.size() - 2;
  }
  out_.comments.push_back({span(at_, static_cast<uint32_t>(end + 2)), first_on_line_});
  for (size_t i = at_; i < end; ++i) {
    if (text_[i] != '\n') continue;
    line_begin_ = static_cast<uint32_t>(i + 1);
    first_on_line_ = true;
  }
  at_ = static_cast<uint32_t>(end + 2);
}

void Scanner::scan_word() {
  uint32_t begin = at_;
  while (is_word(peek())) ++at_;
  bool member =
      last_type() == AipolParser::DOT && !first_on_line_;  // else the dot was left hanging
  std::string_view word = text_.substr(begin, at_ - begin);
  emit(member ? size_t{AipolParser::ID} : type_here(word), begin);
}

namespace {

bool ends_value(size_t type) {
  switch (type) {
    case AipolParser::ID:
    case AipolParser::NUMBER:
    case AipolParser::STRING:
    case AipolParser::FORMAT:
    case AipolParser::FORMAT_TAIL:
    case AipolParser::TRUE:
    case AipolParser::FALSE:
    case AipolParser::RPAREN:
    case AipolParser::RBRACKET:
    case AipolParser::RBRACE:
      return true;
    default:
      return false;
  }
}

// Words behind which a word or a value of an effect stands.
bool goes_on(size_t type) {
  switch (type) {
    case AipolParser::EFFECT:
    case AipolParser::CLAUSE:
    case AipolParser::AFTER:
    case AipolParser::BY:
    case AipolParser::FOR:
    case AipolParser::ON:
    case AipolParser::WHERE:
      return true;
    default:
      return false;
  }
}

}  // namespace

// Words of effects and clauses are keywords where such a word can stand, and names elsewhere; what
// `.` or `(` follows is a name. A line that begins with a keyword is believed over what is missing
// before.
size_t Scanner::type_here(std::string_view word) const {
  size_t before = last_type();
  if (word == "any" && last_word_ == "to" && before == AipolParser::CLAUSE)
    return AipolParser::CLAUSE;
  if (word == "all" && before == AipolParser::GROUP) return AipolParser::ID;
  size_t type = word_type(word);
  if (names_policy() && !is_reserved(type)) return AipolParser::ID;
  if (is_reserved(type)) return type;
  bool of_effect = before == AipolParser::EFFECT;
  bool follows =
      ends_value(before) || (of_effect                       ? may_follow_effect(last_word_, word)
                             : before == AipolParser::CLAUSE ? may_follow_word(last_word_, word)
                                                             : goes_on(before));
  bool inside = goes_on(before) && !of_effect;
  bool value_wanted = (of_effect && last_type(2) != AipolParser::EXPECT) ||
                      before == AipolParser::ASSIGN || before == AipolParser::COMMA;
  if (value_wanted && !first_on_line_) inside = true;
  if (peek() == '.' || (inside && is_keyword(type))) return AipolParser::ID;
  if (type == AipolParser::ID && follows && is_clause_word(word) &&
      (peek() != '(' || ends_value(before)))
    return AipolParser::CLAUSE;
  if (!is_effect_word(word)) return type;
  bool expected =
      before == AipolParser::EXPECT && (word == "allow" || word == "deny" || word == "route");
  bool begins = ends_value(before) || before == AipolParser::LBRACE ||
                (of_effect && may_stand_alone(last_word_)) || before == AipolParser::NEVER ||
                before == AipolParser::ALWAYS || (first_on_line_ && is_keyword(before)) ||
                (before == AipolParser::CLAUSE && may_end_statement(last_word_));
  return begins || expected ? size_t{AipolParser::EFFECT} : size_t{AipolParser::ID};
}

// Whether the name of a policy stands here: `expect deny 403 by …`.
bool Scanner::names_policy() const {
  if (last_type() != AipolParser::BY) return false;
  size_t effect = last_type(2) == AipolParser::EFFECT ? 2 : 3;  // with a status between
  return last_type(effect) == AipolParser::EFFECT && last_type(effect + 1) == AipolParser::EXPECT;
}

// All that begins like a number is one token; build_numbers.cpp says what is a valid one.
void Scanner::scan_number() {
  uint32_t begin = at_++;
  auto digits = [&] {
    while (is_digit(peek()) || peek() == '_') ++at_;
  };
  digits();
  bool clock = at_ - begin <= 2 && text_[begin] != '$' && peek() == ':' && is_digit(peek(1));
  while (clock && peek() == ':' && is_digit(peek(1))) {
    ++at_;
    digits();
  }
  if (!clock && peek() == '.' && is_digit(peek(1))) {
    ++at_;
    digits();
  }
  while (is_word(peek())) ++at_;
  if (peek() == '%' && !is_word(peek(1)) && peek(1) != '(') ++at_;
  emit(AipolParser::NUMBER, begin);
}

size_t Scanner::last_type(size_t back) const {
  return out_.tokens.size() < back ? antlr4::Token::EOF
                                   : out_.tokens[out_.tokens.size() - back].type;
}

void Scanner::emit(size_t type, uint32_t begin) {
  if (type == AipolParser::COLON) before_colon();
  if (last_type() == AipolParser::ANY &&
      (type == AipolParser::COMMA || type == AipolParser::RBRACE)) {
    out_.tokens.back().type = AipolParser::ID;  // `accepts: any`
  }
  if (type == AipolParser::IN && merged_not_in()) return;
  if (type == AipolParser::RBRACE || type == AipolParser::RPAREN || type == AipolParser::RBRACKET)
    drop_trailing_comma();
  out_.tokens.emplace_back(begin, at_, static_cast<uint32_t>(out_.tokens.size()), type,
                           first_on_line_);
  last_word_ = text_.substr(begin, at_ - begin);
  first_on_line_ = false;
}

// No keyword stands before a colon: `model: "x"`, `at?: time` are names.
void Scanner::before_colon() {
  size_t back = last_type() == AipolParser::QUESTION ? 2 : 1;
  if (is_keyword(last_type(back))) out_.tokens[out_.tokens.size() - back].type = AipolParser::ID;
}

bool Scanner::merged_not_in() {
  if (last_type() != AipolParser::NOT) return false;
  out_.tokens.back().type = AipolParser::NOT_IN;
  out_.tokens.back().end = at_;
  return true;
}

void Scanner::drop_trailing_comma() {
  if (last_type() != AipolParser::COMMA) return;
  size_t before = last_type(2);
  bool follows_item = before != AipolParser::LBRACE && before != AipolParser::LPAREN &&
                      before != AipolParser::LBRACKET && before != AipolParser::COMMA;
  if (follows_item && (out_.docs.empty() || out_.docs.back().token < out_.tokens.size()))
    out_.tokens.pop_back();
}

diagnostics::Diagnostic& Scanner::failed_at(uint32_t begin, diagnostics::Diagnostic& diagnostic) {
  ++errors_;
  size_t line = begin == 0 ? std::string_view::npos : text_.rfind('\n', begin - 1);
  auto line_begin = static_cast<uint32_t>(line == std::string_view::npos ? 0 : line + 1);
  if (out_.error_lines.empty() || out_.error_lines.back() < line_begin)
    out_.error_lines.push_back(line_begin);
  return diagnostic;
}

}  // namespace aipol::parse
