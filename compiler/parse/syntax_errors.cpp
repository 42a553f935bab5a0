#include "compiler/parse/syntax_errors.h"

#include "compiler/parse/words.h"
#include "plan/effects.h"

namespace aipol::parse {

using diagnostics::Diagnostic;
using grammar::AipolParser;

namespace {

constexpr size_t longest_shown = 32;

bool is_opener(size_t type) {
  return type == AipolParser::LBRACE || type == AipolParser::LPAREN ||
         type == AipolParser::LBRACKET;
}
// Those that other languages have as operators.
bool is_method(std::string_view word) {
  constexpr std::string_view methods[] = {"contains", "contains_all", "starts_with", "ends_with",
                                          "intersects"};
  return std::ranges::find(methods, word) != std::end(methods);
}

bool is_closer(size_t type) {
  return type == AipolParser::RBRACE || type == AipolParser::RPAREN ||
         type == AipolParser::RBRACKET;
}

// What is often written in place of something else.
struct Mistake {
  size_t found;
  size_t expected;
  std::string_view help;
  std::optional<std::string_view> replacement = std::nullopt;
};

constexpr Mistake mistakes[] = {
    {AipolParser::ASSIGN, AipolParser::LBRACE, "remove the `=`", ""},
    {AipolParser::ASSIGN, AipolParser::COLON, "write `:`", ":"},
    {AipolParser::IF, AipolParser::WHEN, "write `when`", "when"},
    {AipolParser::ON, AipolParser::EFFECT,
     "put `on` and `when` before the policy's first statement"},
    {AipolParser::WHEN, AipolParser::EFFECT,
     "put `on` and `when` before the policy's first statement"},
    {AipolParser::PACKAGE, AipolParser::POLICY, "a file has one `package`, before all else"},
};

}  // namespace

bool SyntaxErrors::unexpected(const TokenSet& expected, size_t rule) {
  const Lexeme& token = cursor_.current();
  if (silent(token) || closes_reported(token, expected)) return false;
  quiet_until_ = token.index + 1;
  ++count_;
  bool name_wanted = expected[AipolParser::ID] && !expected[AipolParser::NUMBER];
  if (is_reserved(token.type) && name_wanted) {
    diagnostics_.report(span(token), diagnostics::reserved_word, text(token));
    return true;
  }
  Diagnostic& diagnostic = diagnostics_.report(span(token), diagnostics::syntax_error,
                                               in_words(expected, rule), found(token));
  label_opener(diagnostic, token, expected);
  add_help(diagnostic, token, expected, rule);
  return true;
}

void SyntaxErrors::too_deep(const Lexeme& token) {
  ++count_;
  quiet_until_ = token.index + 1;
  diagnostics_.report(span(token), diagnostics::nested_too_deep,
                      static_cast<int>(AipolParser::maxNesting));
}

// What follows a lexical error on its line is its consequence, most often.
bool SyntaxErrors::silent(const Lexeme& token) const {
  if (token.index < quiet_until_ || token.damaged || too_many()) return true;
  const std::vector<uint32_t>& lines = lexemes_.error_lines;
  auto after = std::ranges::upper_bound(lines, token.begin);
  if (after == lines.begin()) return false;
  uint32_t line = *(after - 1);
  std::string_view between = file_.text().substr(line, token.begin - line);
  return !between.contains('\n');
}

// The brace that ends a body whose missing end has been reported already.
bool SyntaxErrors::closes_reported(const Lexeme& token, const TokenSet& expected) {
  if (expected[AipolParser::RBRACE] && starts_declaration(token.type)) ++unclosed_;
  bool stray = token.type == AipolParser::RBRACE && expected[AipolParser::POLICY] && unclosed_ > 0;
  if (stray) --unclosed_;
  return stray;
}

std::string SyntaxErrors::found(const Lexeme& token) const {
  if (token.type == UINT16_MAX) return "the end of the file";
  std::string_view written = text(token);
  switch (token.type) {
    case AipolParser::FORMAT_HEAD:
    case AipolParser::FORMAT:
      return "a text";
    case AipolParser::FORMAT_MIDDLE:
    case AipolParser::FORMAT_TAIL:
      return "`}`";
    case AipolParser::STRING:
      return written.size() > longest_shown ? "a text" : fmt::format("`{}`", written);
    default:
      break;
  }
  if (written.size() > longest_shown) return fmt::format("`{}…`", written.substr(0, longest_shown));
  return fmt::format("`{}`", written);
}

// Where a bracket was not closed, the place where it was opened says more than the place where that
// was noticed.
void SyntaxErrors::label_opener(Diagnostic& diagnostic, const Lexeme& found,
                                const TokenSet& expected) const {
  if (!expected[AipolParser::RBRACE] && !expected[AipolParser::RPAREN] &&
      !expected[AipolParser::RBRACKET])
    return;
  bool tells = found.type == UINT16_MAX || is_closer(found.type) ||
               (found.first_on_line && is_keyword(found.type));
  if (!tells || found.type == AipolParser::ON) return;
  size_t closed = 0;
  for (size_t i = found.index; i-- > 0;) {
    const Lexeme& token = cursor_.token(i);
    if (is_closer(token.type)) ++closed;
    if (!is_opener(token.type)) continue;
    if (closed-- > 0) continue;
    if (file_.locate(token.begin).line != file_.locate(found.begin).line || is_closer(found.type)) {
      diagnostic.label(span(token), "`{}` opened here", text(token));
    }
    return;
  }
}

void SyntaxErrors::add_help(Diagnostic& diagnostic, const Lexeme& found, const TokenSet& expected,
                            size_t rule) const {
  if (rule == AipolParser::RuleBlockDeclaration && expected[AipolParser::STRING]) {
    diagnostic.help("write it in double quotes");
  } else if (rule == AipolParser::RuleBlockDeclaration && expected[AipolParser::COLON]) {
    diagnostic.help("say what it goes by: `identity NAME : api_key {{ … }}`");
  } else if (found.type == AipolParser::ID && expected[AipolParser::AND] &&
             is_method(text(found))) {
    diagnostic.help("a method follows a dot: `.{}(…)`", text(found));
  } else if (found.type == AipolParser::ID) {
    suggest_keyword(diagnostic, found, expected);
  }
  if (expected[AipolParser::THEN]) {
    size_t index = found.index;
    while (index > 1 && cursor_.token(index - 1).type != AipolParser::IF) --index;
    if (index > 1 && cursor_.token(index - 2).type == AipolParser::EFFECT) {
      diagnostic.label(span(cursor_.token(index - 1)), "write `when` for a guard");
      diagnostic.fix(span(cursor_.token(index - 1)), "when");
    }
  }
  for (const Mistake& mistake : mistakes) {
    bool operand_wanted = expected[AipolParser::NUMBER];
    if (operand_wanted || found.type != mistake.found || !expected[mistake.expected]) continue;
    diagnostic.help("{}", mistake.help);
    if (mistake.replacement) diagnostic.fix(span(found), std::string(*mistake.replacement));
    return;
  }
}

void SyntaxErrors::suggest_keyword(Diagnostic& diagnostic, const Lexeme& found,
                                   const TokenSet& expected) const {
  std::vector<std::string> keywords;
  for (size_t type = 1; type < token_types; ++type) {
    bool keyword = is_keyword(type) || is_reserved(type);
    if (expected[type] && keyword && !expected[AipolParser::ID] && !spelling(type).empty())
      keywords.emplace_back(spelling(type));
  }
  if (expected[AipolParser::EFFECT] && !expected[AipolParser::NUMBER])
    keywords.insert(keywords.end(), std::begin(plan::effect_names), std::end(plan::effect_names));
  diagnostic.suggest(text(found), keywords);
}

}  // namespace aipol::parse
