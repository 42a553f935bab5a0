// Token sets in words. Groups of tokens have a name; a name or a text is called by what it names in
// its rule.
#include "compiler/parse/syntax_errors.h"
#include "compiler/parse/words.h"

namespace aipol::parse {

using grammar::AipolParser;

namespace {

struct Noun {
  size_t rule;
  std::string_view name;  // what a name stands for here
  std::string_view text;  // what a text in quotes stands for
};

constexpr Noun nouns[] = {
    {AipolParser::RulePolicyDeclaration, "a policy name", "a title in quotes"},
    {AipolParser::RuleAnnotation, "an annotation", "a text"},
    {AipolParser::RuleConstDeclaration, "a constant name", "a text"},
    {AipolParser::RuleEnumDeclaration, "an enum name", "a member"},
    {AipolParser::RuleEnumMember, "a member", ""},
    {AipolParser::RuleRecordDeclaration, "a record name", "a text"},
    {AipolParser::RuleExtendDeclaration, "the name of an object", "a text"},
    {AipolParser::RuleFieldList, "a field name", "a text"},
    {AipolParser::RuleFieldDeclaration, "a field name", "a text"},
    {AipolParser::RuleFunctionDeclaration, "a function name", "a text"},
    {AipolParser::RuleParameterList, "a parameter name", "a text"},
    {AipolParser::RuleParameter, "a parameter name", "a text"},
    {AipolParser::RuleTypeName, "a type", "a text"},
    {AipolParser::RuleObjectDeclaration, "an object name", "a text"},
    {AipolParser::RuleNativeFunction, "a function name", "a symbol in quotes"},
    {AipolParser::RuleBlockDeclaration, "a name", "a name in quotes"},
    {AipolParser::RuleScope, "a method", "a path in quotes"},
    {AipolParser::RuleTestDeclaration, "a column name", "a test name in quotes"},
    {AipolParser::RuleQuantified, "a variable name", "a text"},
    {AipolParser::RulePostfix, "a field name", "a text"},
    {AipolParser::RulePath, "a package name", "a text"},
    {AipolParser::RulePackageClause, "a package name", "a text"},
    {AipolParser::RuleUseDeclaration, "a package name", "a text"},
    {AipolParser::RuleRecord, "a key", ""},
    {AipolParser::RuleRecordEntry, "a key", ""},
    {AipolParser::RuleMeterDeclaration, "a meter name", "a text"},
    {AipolParser::RuleDetectorDeclaration, "a detector name", "a text"},
    {AipolParser::RuleDetectorEntry, "`match`, `phrases`, `verify` or `weight`", "a text"},
    {AipolParser::RuleListDeclaration, "a name", "a text"},
    {AipolParser::RulePromptDeclaration, "a prompt name", "a text"},
    {AipolParser::RuleDataDeclaration, "a name", "a file name in quotes"},
    {AipolParser::RuleInvariantDeclaration, "an invariant name", "a text"},
    {AipolParser::RuleGiven, "`data` or `target`", "a text"},
    {AipolParser::RuleExpectation, "a policy name", "a text"},
};

Noun noun_of(size_t rule) {
  for (const Noun& noun : nouns) {
    if (noun.rule == rule) return noun;
  }
  return {rule, "a name", "a text"};
}

class Alternatives {
 public:
  explicit Alternatives(TokenSet left) : left_(left) {}

  // A group: named where all of `signs` are expected; then `covered` need no mention.
  void group(std::string_view name, std::initializer_list<size_t> signs, const TokenSet& covered) {
    if (!std::ranges::all_of(signs, [&](size_t type) { return left_[type]; })) return;
    add(name);
    left_ &= ~covered;
  }

  void add(std::string_view text) {
    bool known = std::ranges::find(words_, text) != words_.end();
    if (!text.empty() && words_.size() < most && !known) words_.emplace_back(text);
  }
  bool has(size_t type) const { return left_[type]; }
  bool empty() const { return words_.empty(); }
  TokenSet& left() { return left_; }

  std::string joined() const {
    std::string result;
    for (size_t i = 0; i < words_.size(); ++i) {
      if (i > 0) result += i + 1 == words_.size() ? " or " : ", ";
      result += words_[i];
    }
    return result;
  }

 private:
  static constexpr size_t most = 4;
  TokenSet left_;
  std::vector<std::string> words_;
};

TokenSet set_of(std::initializer_list<size_t> types) {
  TokenSet set;
  for (size_t type : types) set.set(type);
  return set;
}

template <class Predicate>
TokenSet set_where(Predicate predicate) {
  TokenSet set;
  for (size_t type = 0; type < token_types; ++type) set[type] = predicate(type);
  return set;
}

TokenSet names() { return set_where(is_keyword).set(AipolParser::ID); }
TokenSet formats() { return set_of({AipolParser::FORMAT, AipolParser::FORMAT_HEAD}); }

TokenSet expression_starts() {
  return names() | formats() |
         set_of({AipolParser::NUMBER, AipolParser::STRING, AipolParser::NOT, AipolParser::MINUS,
                 AipolParser::HAS, AipolParser::IF, AipolParser::ANY, AipolParser::ALL,
                 AipolParser::COUNT, AipolParser::TRUE, AipolParser::FALSE, AipolParser::LPAREN,
                 AipolParser::LBRACKET, AipolParser::LBRACE});
}

TokenSet operators() {
  TokenSet set = set_of({AipolParser::AND, AipolParser::OR, AipolParser::IN, AipolParser::NOT_IN,
                         AipolParser::MATCHES, AipolParser::LIKE, AipolParser::DOT,
                         AipolParser::LPAREN, AipolParser::LBRACKET});
  for (size_t type :
       {AipolParser::DOTDOT, AipolParser::DOTDOT_EQ, AipolParser::COALESCE, AipolParser::ASSIGN,
        AipolParser::EQ, AipolParser::NE, AipolParser::LT, AipolParser::LE, AipolParser::GT,
        AipolParser::GE, AipolParser::PLUS, AipolParser::MINUS, AipolParser::STAR,
        AipolParser::SLASH, AipolParser::PERCENT}) {
    set.set(type);
  }
  return set;
}

TokenSet statement_starts() { return set_where(starts_statement) | set_of({AipolParser::ON}); }

}  // namespace

std::string in_words(TokenSet expected, size_t rule) {
  Noun noun = noun_of(rule);
  Alternatives words(expected);
  words.group("an expression", {AipolParser::NUMBER, AipolParser::HAS}, expression_starts());
  words.group("an operator", {AipolParser::AND, AipolParser::OR}, operators());
  words.group(noun.name, {AipolParser::ID, AipolParser::POLICY}, names());
  words.group("a declaration", {AipolParser::CONST, AipolParser::POLICY, AipolParser::ENUM},
              set_where(starts_declaration).set(0));
  bool scopes = words.has(AipolParser::ON) && words.has(AipolParser::EFFECT);
  if (scopes) words.left().reset(AipolParser::WHEN);
  words.group("a statement", {AipolParser::EFFECT, AipolParser::RBRACE}, statement_starts());
  words.group("a test step", {AipolParser::LET, AipolParser::SEND}, set_where(starts_step));
  words.group(noun.name, {AipolParser::ID}, names());
  words.group(noun.text, {AipolParser::STRING}, formats().set(AipolParser::STRING));
  words.group("a number", {AipolParser::NUMBER}, set_of({AipolParser::NUMBER}));
  // What may always follow says nothing while something else is expected.
  TokenSet minor = set_of({AipolParser::DOT, AipolParser::LPAREN, AipolParser::LBRACKET,
                           AipolParser::LT, AipolParser::QUESTION});
  if ((words.left() & ~minor).any()) words.left() &= ~minor;
  for (size_t type = 1; type < token_types; ++type) {
    if (words.has(type) && !spelling(type).empty()) words.add(fmt::format("`{}`", spelling(type)));
  }
  if (words.has(0)) words.add("the end of the file");
  if (words.empty()) words.add(words.has(AipolParser::EFFECT) ? "an effect" : "something else");
  return words.joined();
}

}  // namespace aipol::parse
