// The words of Cedar's text.
#pragma once

#include <string>
#include <string_view>

#include "importing/cedar_ast.h"

namespace aipol::importing::cedar {

struct Token {
  enum class Kind : uint8_t { end, name, number, text, slot, sign };
  Kind kind = Kind::end;
  Place place;
  std::string text;   // the name, digits, slot or sign; of a text what it stands for
  std::string stars;  // of a text: '*' where a plain `*` stands, 'e' where `\*` does, else ' '
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}
  Result<Token> next();

 private:
  Result<void> skip();
  Result<Token> text(Token token);
  bool escape(Token& token);
  bool code_point(Token& token);
  void advance();
  char peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  std::string_view text_;
  size_t at_ = 0;
  Place place_;
};

std::unexpected<Error> error_at(Place place, std::string_view what);

}  // namespace aipol::importing::cedar
