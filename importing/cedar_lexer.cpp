#include "importing/cedar_lexer.h"

#include <fmt/format.h>

#include "base/text.h"

namespace aipol::importing::cedar {

namespace {

bool begins_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

int hex(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

constexpr std::string_view signs[] = {"::", "==", "!=", "<=", ">=", "&&", "||", "(",
                                      ")",  "{",  "}",  "[",  "]",  ",",  ";",  ":",
                                      ".",  "<",  ">",  "!",  "+",  "-",  "*",  "@"};

}  // namespace

std::unexpected<Error> error_at(Place place, std::string_view what) {
  return failure(fmt::format("line {}, column {}: {}", place.line, place.column, what));
}

void Lexer::advance() {
  if (text_[at_++] == '\n')
    ++place_.line, place_.column = 1;
  else
    ++place_.column;
}

Result<void> Lexer::skip() {
  while (at_ < text_.size()) {
    char c = peek();
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      advance();
    } else if (c == '/' && peek(1) == '/') {
      while (at_ < text_.size() && peek() != '\n') advance();
    } else {
      break;
    }
  }
  return {};
}

bool Lexer::code_point(Token& token) {
  if (peek() != '{') return false;
  advance();
  uint32_t value = 0;
  int digits = 0;
  for (; hex(peek()) >= 0 && digits < 6; ++digits, advance())
    value = value * 16 + static_cast<uint32_t>(hex(peek()));
  if (digits == 0 || peek() != '}') return false;
  advance();
  return append_utf8(token.text, value);
}

bool Lexer::escape(Token& token) {
  char c = peek();
  constexpr std::pair<char, char> plain[] = {{'n', '\n'}, {'r', '\r'},  {'t', '\t'}, {'\\', '\\'},
                                             {'0', '\0'}, {'\'', '\''}, {'"', '"'},  {'*', '*'}};
  for (auto [from, to] : plain) {
    if (from != c) continue;
    token.text += to;
    token.stars.resize(token.text.size() - 1, ' ');
    token.stars += c == '*' ? 'e' : ' ';
    return advance(), true;
  }
  if (c == 'u') return advance(), code_point(token);
  if (c != 'x') return false;
  advance();
  int high = hex(peek());
  int low = hex(peek(1));
  if (high < 0 || high > 7 || low < 0) return false;
  advance(), advance();
  token.text += static_cast<char>(high * 16 + low);
  return true;
}

Result<Token> Lexer::text(Token token) {
  token.kind = Token::Kind::text;
  advance();
  while (peek() != '"') {
    if (at_ >= text_.size()) return error_at(token.place, "the text is not closed");
    if (peek() == '\\') {
      Place place = place_;
      advance();
      if (!escape(token)) return error_at(place, "there is no such escape");
      token.stars.resize(token.text.size(), ' ');
      continue;
    }
    token.text += peek();
    token.stars += peek() == '*' ? '*' : ' ';
    advance();
  }
  advance();
  if (first_invalid_utf8(token.text)) return error_at(token.place, "the text is not valid UTF-8");
  return token;
}

Result<Token> Lexer::next() {
  if (Result<void> skipped = skip(); !skipped) return std::unexpected(skipped.error());
  Token token{Token::Kind::end, place_, "", ""};
  if (at_ >= text_.size()) return token;
  char c = peek();
  if (c == '"') return text(std::move(token));
  if (begins_name(c)) {
    token.kind = Token::Kind::name;
    for (; begins_name(peek()) || is_digit(peek()); advance()) token.text += peek();
    return token;
  }
  if (is_digit(c)) {
    token.kind = Token::Kind::number;
    for (; is_digit(peek()); advance()) token.text += peek();
    return token;
  }
  if (c == '?') {
    token.kind = Token::Kind::slot;
    for (advance(); begins_name(peek()) || is_digit(peek()); advance()) token.text += peek();
    return token;
  }
  for (std::string_view sign : signs) {
    if (!text_.substr(at_).starts_with(sign)) continue;
    token.kind = Token::Kind::sign;
    token.text = sign;
    for (size_t i = 0; i < sign.size(); ++i) advance();
    return token;
  }
  return error_at(place_, "there is no such sign in Cedar");
}

}  // namespace aipol::importing::cedar
