// Text to tokens. Written by hand because literals depend on what follows (`80%`, `1..5`, `09:00`),
// f-strings nest, and hostile input must cost little; it takes about a tenth of the parser's time.
#pragma once

#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostics.h"
#include "compiler/parse/lexeme.h"

namespace aipol::parse {

class Scanner {
 public:
  Scanner(std::string_view text, source::FileId file, diagnostics::Diagnostics& diagnostics)
      : text_(text), file_(file), diagnostics_(diagnostics) {}

  Lexemes scan();

 private:
  // An open `{` of an f-string.
  struct Hole {
    uint32_t begin;
    uint32_t braces = 0;  // open inside
  };

  void next();
  bool skip_space_and_comments();
  void skip_line_comment();
  void skip_block_comment();
  void keep_doc(std::string_view line);
  void scan_word();
  void scan_number();
  void scan_text();
  void scan_raw_text();
  void scan_format(uint32_t begin, bool after_hole);
  void scan_punctuation();
  void unterminated(uint32_t begin, size_t type, std::string_view what);
  bool closes_hole();
  void scan_mistake();
  void mistaken_operator(std::string_view written, std::string_view meant, size_t type);
  void single_quotes();
  void unknown_characters();

  // What needs more than one token to see.
  size_t type_here(std::string_view word) const;
  bool names_policy() const;
  void emit(size_t type, uint32_t begin);
  void before_colon();
  bool merged_not_in();
  void drop_trailing_comma();

  diagnostics::Diagnostic& failed_at(uint32_t begin, diagnostics::Diagnostic& diagnostic);
  source::Span span(uint32_t begin, uint32_t end) const { return {file_, begin, end}; }
  char at(size_t offset) const { return offset < text_.size() ? text_[offset] : '\0'; }
  char peek(size_t ahead = 0) const { return at(at_ + ahead); }
  bool done() const { return at_ >= text_.size(); }
  size_t last_type(size_t back = 1) const;

  std::string_view text_;
  source::FileId file_;
  diagnostics::Diagnostics& diagnostics_;
  Lexemes out_;
  std::vector<Hole> holes_;
  std::string_view last_word_;  // of the last token
  uint32_t at_ = 0;
  uint32_t line_begin_ = 0;
  bool first_on_line_ = true;
  size_t errors_ = 0;
};

}  // namespace aipol::parse
