// The tokens of a file, in the form that ANTLR's parser reads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <antlr4-runtime.h>

#include "compiler/ast/tree.h"

namespace aipol::parse {

// Small on purpose: hostile files have millions of them.
class Lexeme final : public antlr4::Token {
 public:
  Lexeme(uint32_t begin, uint32_t end, uint32_t index, size_t type, bool first_on_line)
      : begin(begin),
        end(end),
        index(index),
        type(static_cast<uint16_t>(type)),
        first_on_line(first_on_line) {}

  uint32_t begin, end;  // bytes of the file
  uint32_t index;
  uint16_t type;  // AipolParser::…
  bool first_on_line;
  bool damaged = false;  // reported by the scanner; has no value

  std::string getText() const override { return {}; }
  size_t getType() const override { return type == UINT16_MAX ? antlr4::Token::EOF : type; }
  size_t getLine() const override { return 0; }
  size_t getCharPositionInLine() const override { return 0; }
  size_t getChannel() const override { return 0; }
  size_t getTokenIndex() const override { return index; }
  size_t getStartIndex() const override { return begin; }
  size_t getStopIndex() const override { return end; }
  antlr4::TokenSource* getTokenSource() const override { return nullptr; }
  antlr4::CharStream* getInputStream() const override { return nullptr; }
  std::string toString() const override { return {}; }
};

inline const Lexeme& lexeme(const antlr4::Token* token) {
  return static_cast<const Lexeme&>(*token);
}

// `///` lines before the token of that index, without slashes.
struct Doc {
  uint32_t token;
  std::string text;
};

struct Lexemes {
  std::vector<Lexeme> tokens;  // the last one is EOF
  std::vector<Doc> docs;       // by token
  std::vector<ast::Comment> comments;  // `///` too
  std::vector<uint32_t> error_lines;  // beginnings of the lines with a lexical error, ascending
  bool gave_up = false;               // too many errors: the tokens end early
};

}  // namespace aipol::parse
