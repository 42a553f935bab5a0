#include "compiler/parse/error_strategy.h"

namespace aipol::parse {

using grammar::AipolParser;

namespace {

void add_tokens(TokenSet& set, const antlr4::misc::IntervalSet& tokens) {
  for (ssize_t type : tokens.toList()) {
    if (type == static_cast<ssize_t>(antlr4::Token::EOF)) {
      set.set(0);
    } else if (type > 0 && static_cast<size_t>(type) < token_types) {
      set.set(static_cast<size_t>(type));
    }
  }
}

TokenSet tokens_after(const antlr4::atn::ATN& atn, size_t state) {
  TokenSet set;
  add_tokens(set, atn.nextTokens(atn.states[state]));
  return set;
}

TokenSet set_of(std::initializer_list<size_t> types) {
  TokenSet set;
  for (size_t type : types) set.set(type);
  return set;
}

// The rule that says what a name is wanted for.
size_t meaningful_rule(antlr4::RuleContext* context) {
  auto names_only = [](size_t rule) {
    return rule == AipolParser::RuleName || rule == AipolParser::RuleKeywordName;
  };
  while (names_only(context->getRuleIndex()) && context->parent != nullptr) {
    context = static_cast<antlr4::RuleContext*>(context->parent);
  }
  return context->getRuleIndex();
}

}  // namespace

// Only what may stand here in the open rules; of a place passed before, what would have kept its
// rule open.
TokenSet ErrorStrategy::expected(antlr4::Parser* parser) const {
  const antlr4::atn::ATN& atn = parser->getATN();
  TokenSet set = tokens_after(atn, parser->getState());
  if (passed_at_ == cursor_.index()) {
    for (size_t state : passed_) set |= tokens_after(atn, state);
  }
  return set;
}

void ErrorStrategy::find_bodies(const antlr4::atn::ATN& atn) {
  bodies_.resize(atn.states.size());
  for (size_t state = 0; state < bodies_.size(); ++state) {
    const antlr4::atn::ATNState* place = atn.states[state];
    bool loop = place->ruleIndex == AipolParser::RulePolicyDeclaration ||
                place->ruleIndex == AipolParser::RuleTestDeclaration;
    if (!loop) continue;
    TokenSet next = tokens_after(atn, state);
    bodies_[state] =
        next[AipolParser::RBRACE] && (next[AipolParser::EFFECT] || next[AipolParser::SEND]);
  }
}

void ErrorStrategy::stay_in_body(antlr4::Parser* parser, size_t state) {
  TokenSet next = tokens_after(parser->getATN(), state);
  auto belongs = [&] {
    return cursor_.current().type < token_types && next[cursor_.current().type];
  };
  for (size_t before = SIZE_MAX; !belongs() && cursor_.index() != before;) {
    before = cursor_.index();
    errors_.unexpected(expected(parser), meaningful_rule(parser->getRuleContext()));
    errors_.skip_in_body(before, next);
    passed_ = {state};
    passed_at_ = cursor_.index();
  }
}

void ErrorStrategy::reportError(antlr4::Parser* parser, const antlr4::RecognitionException&) {
  errors_.unexpected(expected(parser), meaningful_rule(parser->getRuleContext()));
}

// A stray sign before what was expected is dropped; anything else ends the rule.
antlr4::Token* ErrorStrategy::recoverInline(antlr4::Parser* parser) {
  size_t found = cursor_.current().type;
  bool stray =
      found == AipolParser::ASSIGN || found == AipolParser::COMMA || found == AipolParser::COLON;
  antlr4::misc::IntervalSet next =
      parser->getATN().nextTokens(parser->getATN().states[parser->getState()]);
  if (!stray || !next.contains(cursor_.LA(2))) throw antlr4::InputMismatchException(parser);
  errors_.unexpected(expected(parser), meaningful_rule(parser->getRuleContext()));
  parser->consume();
  antlr4::Token* wanted = parser->getCurrentToken();
  parser->consume();
  return wanted;
}

void ErrorStrategy::recover(antlr4::Parser* parser, std::exception_ptr error) {
  size_t first = parser->getRuleContext()->getStart()->getTokenIndex();
  switch (parser->getRuleContext()->getRuleIndex()) {
    case AipolParser::RuleScope:
      return errors_.skip_in_body(
          first, set_of({AipolParser::ON, AipolParser::WHEN, AipolParser::EFFECT}));
    case AipolParser::RuleStatement:
      return errors_.skip_in_body(first, set_of({AipolParser::EFFECT}));
    case AipolParser::RuleTestStep:
      return errors_.skip_in_body(
          first, set_of({AipolParser::LET, AipolParser::AT, AipolParser::AFTER, AipolParser::GIVEN,
                         AipolParser::SEND, AipolParser::EXPECT}));
    case AipolParser::RuleRecordEntry:
    case AipolParser::RuleFieldDeclaration:
      return errors_.skip_item(first);
    case AipolParser::RuleDeclaration:
    case AipolParser::RulePackageClause:
    case AipolParser::RuleUseDeclaration:
    case AipolParser::RuleConstDeclaration:
    case AipolParser::RuleEnumDeclaration:
    case AipolParser::RuleRecordDeclaration:
    case AipolParser::RuleExtendDeclaration:
    case AipolParser::RuleFunctionDeclaration:
    case AipolParser::RuleNativeDeclaration:
    case AipolParser::RuleBlockDeclaration:
    case AipolParser::RuleMeterDeclaration:
    case AipolParser::RuleDetectorDeclaration:
    case AipolParser::RuleListDeclaration:
    case AipolParser::RuleGrantDeclaration:
    case AipolParser::RulePromptDeclaration:
    case AipolParser::RuleDataDeclaration:
    case AipolParser::RuleInvariantDeclaration:
    case AipolParser::RulePolicyDeclaration:
    case AipolParser::RuleTestDeclaration:
      return errors_.break_declaration();
    default:
      std::rethrow_exception(error);
  }
}

}  // namespace aipol::parse
