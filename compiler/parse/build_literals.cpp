// Names, texts and their escapes.
#include <charconv>

#include "base/text.h"
#include "compiler/parse/builder.h"

namespace aipol::parse {

using ast::ExpressionPtr;

source::Span Builder::span(const antlr4::Token* token) const {
  if (token == nullptr) return place_;
  return {tree_.file, lexeme(token).begin, lexeme(token).end};
}

source::Span Builder::span(const antlr4::ParserRuleContext* context) const {
  if (context == nullptr || context->start == nullptr) return place_;
  source::Span first = span(context->start);
  if (context->stop == nullptr || lexeme(context->stop).end < first.begin) return first;
  return first.to(span(context->stop));
}

ast::Identifier Builder::identifier(const antlr4::Token* token) const {
  return token == nullptr ? ast::Identifier{} : ast::Identifier{text(span(token)), span(token)};
}

ast::Identifier Builder::identifier(Parser::NameContext* context) const {
  return broken(context) ? ast::Identifier{} : identifier(context->start);
}

std::vector<ast::Identifier> Builder::identifiers(
    const std::vector<Parser::NameContext*>& contexts) const {
  std::vector<ast::Identifier> result;
  result.reserve(contexts.size());
  for (Parser::NameContext* context : contexts) result.push_back(identifier(context));
  return result;
}

std::vector<ast::Identifier> Builder::identifiers(const std::vector<antlr4::Token*>& tokens) const {
  std::vector<ast::Identifier> result;
  result.reserve(tokens.size());
  for (const antlr4::Token* token : tokens) result.push_back(identifier(token));
  return result;
}

std::string Builder::doc_before(const antlr4::Token* token) const {
  if (token == nullptr) return {};
  auto found = std::ranges::lower_bound(lexemes_.docs, lexeme(token).index, {}, &Doc::token);
  return found != lexemes_.docs.end() && found->token == lexeme(token).index ? found->text
                                                                             : std::string();
}

ExpressionPtr Builder::literal(const antlr4::Token* token) {
  source::Span place = span(token);
  switch (token->getType()) {
    case Parser::ID:
      return make(ast::Name{text(place)}, place);
    case Parser::TRUE:
      return make(ast::BoolLiteral{true}, place);
    case Parser::FALSE:
      return make(ast::BoolLiteral{false}, place);
    case Parser::NUMBER:
      return number(token);
    default:
      break;
  }
  if (lexeme(token).damaged) return invalid(place);
  return make(ast::StringLiteral{text_value(token)}, place);
}

std::string Builder::text_value(const antlr4::Token* token) {
  if (token == nullptr) return {};
  source::Span place = span(token);
  std::string_view written = text(place);
  if (lexeme(token).damaged)
    return std::string(written.substr(std::min<size_t>(1, written.size())));
  if (written.starts_with('r')) return std::string(written.substr(2, written.size() - 3));
  return unescaped(written.substr(1, written.size() - 2), place.begin + 1, false);
}

// `begin` is where `inside` stands in the file.
std::string Builder::unescaped(std::string_view inside, uint32_t begin, bool format) {
  std::string result;
  result.reserve(inside.size());
  for (size_t at = 0; at < inside.size();) {
    std::string_view rest = inside.substr(at);
    if (rest[0] == '\\') {
      at += escape(rest, begin + static_cast<uint32_t>(at), result);
    } else if (format && (rest.starts_with("{{") || rest.starts_with("}}"))) {
      result += rest[0];
      at += 2;
    } else {
      size_t plain =
          std::min(inside.find_first_of(format ? "\\{}" : "\\", at + 1), inside.size()) - at;
      result += rest.substr(0, plain);
      at += plain;
    }
  }
  return result;
}

namespace {

// Of `\u{…}`: the bytes that it takes, 0 where it is none.
size_t unicode_escape(std::string_view rest, std::string& result) {
  if (!rest.starts_with("\\u{")) return 0;
  size_t close = rest.find('}');
  if (close == std::string_view::npos || close == 3 || close > 9) return 0;
  uint32_t code_point = 0;
  auto [end, error] = std::from_chars(rest.data() + 3, rest.data() + close, code_point, 16);
  if (error != std::errc() || end != rest.data() + close || !append_utf8(result, code_point))
    return 0;
  return close + 1;
}

}  // namespace

// The bytes that the escape takes.
size_t Builder::escape(std::string_view rest, uint32_t begin, std::string& result) {
  constexpr std::string_view written = "nt\"\\", meant = "\n\t\"\\";
  size_t which = rest.size() < 2 ? std::string_view::npos : written.find(rest[1]);
  if (which != std::string_view::npos) {
    result += meant[which];
    return 2;
  }
  if (size_t bytes = unicode_escape(rest, result)) return bytes;
  size_t bytes = rest.size() < 2 ? 1 : 1 + std::max<size_t>(1, code_point_bytes(rest.substr(1)));
  if (rest.starts_with("\\u{")) bytes = std::min({rest.find('}'), rest.size() - 1, size_t{11}}) + 1;
  diagnostics_
      .report({tree_.file, begin, begin + static_cast<uint32_t>(bytes)}, diagnostics::bad_escape,
              rest.substr(0, bytes))
      .help("{}", rest.starts_with("\\u") ? "write a character as `\\u{1f600}`, up to `\\u{10ffff}`"
                                          : "double the backslash, or write the text as r\"…\"");
  return bytes;
}

}  // namespace aipol::parse
