// Tells the author what was expected, in words, and finds the place to go on from.
#pragma once

#include <bitset>
#include <string>

#include "compiler/diagnostics/diagnostics.h"
#include "compiler/parse/cursor.h"
#include "grammar/AipolParser.h"

namespace aipol::parse {

inline constexpr size_t token_types = 128;
using TokenSet = std::bitset<token_types>;  // index 0 is the end of the file

// "a policy name", "`{` or a statement": at most four alternatives.
std::string in_words(TokenSet expected, size_t rule);

class SyntaxErrors {
 public:
  SyntaxErrors(const source::File& file, source::FileId id, const Lexemes& lexemes, Cursor& cursor,
               diagnostics::Diagnostics& diagnostics)
      : file_(file), id_(id), lexemes_(lexemes), cursor_(cursor), diagnostics_(diagnostics) {}

  // At the current token, in the rule; false where that place has had its error.
  bool unexpected(const TokenSet& expected, size_t rule);
  void too_deep(const Lexeme& token);

  bool any() const { return count_ > 0; }
  bool too_many() const { return count_ >= most_; }

  // The declaration ends here, unfinished; parse.cpp goes on.
  void break_declaration() { broken_ = true; }
  bool take_broken() { return std::exchange(broken_, false); }

  // Moves to where the next declaration begins. `first` is the first token of the broken one.
  void skip_to_declaration(size_t first);
  // Moves behind the broken scope, statement or step that begins at `first`: to a line that begins
  // with one of these, or to the end of the body.
  void skip_in_body(size_t first, const TokenSet& beginnings);
  // Moves behind the broken entry or field that begins at `first`.
  void skip_item(size_t first);

  // No error about the current token: it follows what has been skipped.
  void quiet_here() { quiet_until_ = cursor_.current().index + 1; }

 private:
  bool silent(const Lexeme& token) const;
  bool closes_reported(const Lexeme& token, const TokenSet& expected);
  void add_help(diagnostics::Diagnostic& diagnostic, const Lexeme& found, const TokenSet& expected,
                size_t rule) const;
  void label_opener(diagnostics::Diagnostic& diagnostic, const Lexeme& found,
                    const TokenSet& expected) const;
  void suggest_keyword(diagnostics::Diagnostic& diagnostic, const Lexeme& found,
                       const TokenSet& expected) const;
  template <class Stop>
  void skip_until(size_t first, Stop stop);
  bool begins_declaration(size_t index, bool nested) const;
  std::string found(const Lexeme& token) const;
  std::string_view text(const Lexeme& token) const {
    return file_.text().substr(token.begin, token.end - token.begin);
  }
  source::Span span(const Lexeme& token) const { return {id_, token.begin, token.end}; }

  const source::File& file_;
  source::FileId id_;
  const Lexemes& lexemes_;
  Cursor& cursor_;
  diagnostics::Diagnostics& diagnostics_;
  uint32_t quiet_until_ = 0;  // tokens before this one have had their error
  bool broken_ = false;
  size_t count_ = 0;
  size_t unclosed_ = 0;  // bodies without an end
  static constexpr size_t most_ = 20;
};

}  // namespace aipol::parse
