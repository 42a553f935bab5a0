// Signs, and what is written where another language's sign was meant.
#include <array>

#include "base/text.h"
#include "compiler/parse/characters.h"
#include "compiler/parse/scanner.h"
#include "grammar/AipolParser.h"

namespace aipol::parse {

using grammar::AipolParser;

namespace {

struct Sign {
  std::string_view text;
  size_t type;
};

// Longer ones before their beginnings.
constexpr Sign signs[] = {
    {"..=", AipolParser::DOTDOT_EQ}, {"..", AipolParser::DOTDOT},  {".", AipolParser::DOT},
    {"??", AipolParser::COALESCE},   {"?", AipolParser::QUESTION}, {"->", AipolParser::ARROW},
    {"-", AipolParser::MINUS},       {"==", AipolParser::EQ},      {"=", AipolParser::ASSIGN},
    {"!=", AipolParser::NE},         {"<=", AipolParser::LE},      {"<", AipolParser::LT},
    {">=", AipolParser::GE},         {">", AipolParser::GT},       {"{", AipolParser::LBRACE},
    {"}", AipolParser::RBRACE},      {"(", AipolParser::LPAREN},   {")", AipolParser::RPAREN},
    {"[", AipolParser::LBRACKET},    {"]", AipolParser::RBRACKET}, {",", AipolParser::COMMA},
    {":", AipolParser::COLON},       {"@", AipolParser::AT_SIGN},  {"+", AipolParser::PLUS},
    {"*", AipolParser::STAR},        {"/", AipolParser::SLASH},    {"%", AipolParser::PERCENT},
};

constexpr size_t none = std::size(signs);

constexpr auto first_sign = [] {
  std::array<uint8_t, 128> table;
  table.fill(none);
  for (size_t i = none; i-- > 0;)
    table[static_cast<unsigned char>(signs[i].text[0])] = static_cast<uint8_t>(i);
  return table;
}();

bool is_sign(char c) {
  return static_cast<unsigned char>(c) < 128 && first_sign[static_cast<unsigned char>(c)] != none;
}

}  // namespace

void Scanner::scan_punctuation() {
  uint32_t begin = at_;
  char c = peek();
  if (!holes_.empty()) {
    Hole& hole = holes_.back();
    if (c == '{') ++hole.braces;
    if (c == '}' && hole.braces-- == 0) {
      holes_.pop_back();
      ++at_;
      return scan_format(begin, true);
    }
  }
  if (static_cast<unsigned char>(c) >= 128) return scan_mistake();
  for (size_t i = first_sign[static_cast<unsigned char>(c)]; i < none && signs[i].text[0] == c;
       ++i) {
    if (!text_.substr(at_).starts_with(signs[i].text)) continue;
    at_ += static_cast<uint32_t>(signs[i].text.size());
    return emit(signs[i].type, begin);
  }
  scan_mistake();
}

void Scanner::scan_mistake() {
  std::string_view rest = text_.substr(at_);
  if (rest.starts_with("&&")) return mistaken_operator("&&", "and", AipolParser::AND);
  if (rest.starts_with("||")) return mistaken_operator("||", "or", AipolParser::OR);
  if (rest.starts_with("!")) return mistaken_operator("!", "not", AipolParser::NOT);
  if (rest.starts_with("'")) return single_quotes();
  uint32_t begin = at_;
  if (rest.starts_with(";")) {
    while (peek() == ';') ++at_;
    failed_at(begin, diagnostics_.report(span(begin, at_), diagnostics::unknown_character, "`;`"))
        .help("remove it: nothing ends with `;`")
        .fix(span(begin, at_), "");
  } else if (rest.starts_with("#")) {
    at_ = static_cast<uint32_t>(std::min(text_.find('\n', at_), text_.size()));
    failed_at(begin,
              diagnostics_.report(span(begin, begin + 1), diagnostics::unknown_character, "`#`"))
        .help("a comment begins with `//`");
  } else {
    unknown_characters();
  }
}

// The operator that was meant takes its place, so that one mistake gives one error.
void Scanner::mistaken_operator(std::string_view written, std::string_view meant, size_t type) {
  uint32_t begin = at_;
  at_ += static_cast<uint32_t>(written.size());
  bool glued = is_word(peek());
  failed_at(begin, diagnostics_.report(span(begin, at_), diagnostics::unknown_character,
                                       fmt::format("`{}`", written)))
      .help("write `{}`", meant)
      .fix(span(begin, at_), glued ? fmt::format("{} ", meant) : std::string(meant));
  emit(type, begin);
}

void Scanner::single_quotes() {
  uint32_t begin = at_;
  size_t close = text_.find_first_of("'\n", at_ + 1);
  bool closed = close != std::string_view::npos && text_[close] == '\'';
  diagnostics::Diagnostic& diagnostic = failed_at(
      begin, diagnostics_.report(span(begin, begin + 1), diagnostics::unknown_character, "`'`"));
  diagnostic.help("a text stands in double quotes");
  ++at_;
  if (!closed) return;
  at_ = static_cast<uint32_t>(close + 1);
  std::string_view inside = text_.substr(begin + 1, close - begin - 1);
  if (inside.find_first_of("\"\\") == std::string_view::npos) {
    diagnostic.fix(span(begin, at_), fmt::format("\"{}\"", inside));
  }
  emit(AipolParser::STRING, begin);
  out_.tokens.back().damaged = true;
}

// A run of them is one error.
void Scanner::unknown_characters() {
  uint32_t begin = at_;
  auto known = [&] {
    char c = peek();
    return is_word(c) || is_sign(c) || std::string_view(" \t\r\n\"';#&|!").contains(c);
  };
  do {
    at_ += static_cast<uint32_t>(std::max<size_t>(1, code_point_bytes(text_.substr(at_))));
  } while (!done() && !known());
  std::string_view first = text_.substr(begin, code_point_bytes(text_.substr(begin)));
  bool printable = first.size() > 1 || static_cast<unsigned char>(first[0]) >= ' ';
  std::string shown = printable && first[0] != '\x7F'
                          ? fmt::format("`{}`", first)
                          : fmt::format("`\\u{{{:x}}}`", static_cast<unsigned char>(first[0]));
  diagnostics::Diagnostic& diagnostic = failed_at(
      begin, diagnostics_.report(span(begin, at_), diagnostics::unknown_character, shown));
  if (first == "“" || first == "”" || first == "„")
    diagnostic.help("a text stands in plain quotes: `\"`");
}

}  // namespace aipol::parse
