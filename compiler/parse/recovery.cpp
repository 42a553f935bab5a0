// Where to go on after a syntax error: counted brackets say what belongs together, and a keyword at
// the beginning of a line is believed over a bracket that was not closed.
#include "compiler/parse/syntax_errors.h"
#include "compiler/parse/words.h"

namespace aipol::parse {

using grammar::AipolParser;

namespace {

// Brackets that are open since some token.
struct Depth {
  int braces = 0;
  int others = 0;

  void pass(size_t type) {
    switch (type) {
      case AipolParser::LBRACE:
        ++braces;
        break;
      case AipolParser::LPAREN:
      case AipolParser::LBRACKET:
        ++others;
        break;
      case AipolParser::RPAREN:
      case AipolParser::RBRACKET:
        others = std::max(0, others - 1);
        break;
      case AipolParser::RBRACE:  // closes what was left open inside
        braces = std::max(0, braces - 1);
        others = 0;
        break;
      default:
        break;
    }
  }
};

bool ends_value(size_t type) {
  switch (type) {
    case AipolParser::ID:
    case AipolParser::NUMBER:
    case AipolParser::STRING:
    case AipolParser::FORMAT:
    case AipolParser::FORMAT_TAIL:
    case AipolParser::RBRACE:
    case AipolParser::RPAREN:
    case AipolParser::RBRACKET:
      return true;
    default:
      return false;
  }
}

}  // namespace

// At the beginning of a line without indentation, whatever is open; with indentation only where
// nothing is.
bool SyntaxErrors::begins_declaration(size_t index, bool nested) const {
  const Lexeme& token = cursor_.token(index);
  bool margin = token.begin == 0 || file_.text()[token.begin - 1] == '\n';
  bool misspelt = token.type == AipolParser::ID && margin && index > 0 &&
                  cursor_.token(index - 1).type == AipolParser::RBRACE;
  if (misspelt && !nested) return true;
  if (!starts_declaration(token.type)) return false;
  if (nested) return margin;
  return token.first_on_line || (index > 0 && cursor_.token(index - 1).type == AipolParser::RBRACE);
}

void SyntaxErrors::skip_to_declaration(size_t first) {
  Depth depth;
  size_t index = first;
  for (; index < cursor_.index(); ++index) depth.pass(cursor_.token(index).type);
  if (index == first) depth.pass(cursor_.token(index++).type);
  for (; index + 1 < cursor_.size(); ++index) {
    if (begins_declaration(index, depth.braces + depth.others > 0)) break;
    depth.pass(cursor_.token(index).type);
  }
  cursor_.seek(index);
}

template <class Stop>
void SyntaxErrors::skip_until(size_t first, Stop stop) {
  Depth depth;
  size_t index = first;
  for (; index < cursor_.index(); ++index) depth.pass(cursor_.token(index).type);
  for (; index + 1 < cursor_.size(); ++index) {
    const Lexeme& token = cursor_.token(index);
    if (token.type == AipolParser::RBRACE && depth.braces == 0) break;
    if (begins_declaration(index, true) || stop(token, depth)) break;
    depth.pass(token.type);
  }
  cursor_.seek(index);
  if (cursor_.current().type != AipolParser::ID) quiet_here();
}

void SyntaxErrors::skip_in_body(size_t first, const TokenSet& beginnings) {
  skip_until(first, [&](const Lexeme& token, const Depth& depth) {
    if (token.index <= first || !token.first_on_line) return false;
    // A line that no expression goes on with: a keyword that is misspelt, to be told on its own.
    bool misspelt = token.type == AipolParser::ID && depth.braces + depth.others == 0 &&
                    ends_value(cursor_.token(token.index - 1).type);
    return beginnings[token.type] || misspelt;
  });
}

// Entries and fields end with a comma or their line; a keyword of a statement or step means a
// forgotten brace.
void SyntaxErrors::skip_item(size_t first) {
  skip_until(first, [&](const Lexeme& token, const Depth& depth) {
    if (token.index > first && token.first_on_line &&
        (starts_statement(token.type) || starts_step(token.type)))
      return true;
    return depth.braces == 0 && depth.others == 0 && token.type == AipolParser::COMMA;
  });
}

}  // namespace aipol::parse
