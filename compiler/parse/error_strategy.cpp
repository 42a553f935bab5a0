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

// The rule that says what a name is wanted for.
size_t meaningful_rule(antlr4::RuleContext* context) {
  auto names_only = [](size_t rule) { return rule == AipolParser::RuleName || rule == AipolParser::RuleKeywordName; };
  while (names_only(context->getRuleIndex()) && context->parent != nullptr) {
    context = static_cast<antlr4::RuleContext*>(context->parent);
  }
  return context->getRuleIndex();
}

}  // namespace

// Only what may stand here in the open rules; of a place passed before, what would have kept its rule open.
TokenSet ErrorStrategy::expected(antlr4::Parser* parser) const {
  const antlr4::atn::ATN& atn = parser->getATN();
  TokenSet set;
  add_tokens(set, atn.nextTokens(atn.states[parser->getState()]));
  if (passed_at_ == cursor_.index()) {
    for (size_t state : passed_) add_tokens(set, atn.nextTokens(atn.states[state]));
  }
  return set;
}

void ErrorStrategy::reportError(antlr4::Parser* parser, const antlr4::RecognitionException&) {
  errors_.unexpected(expected(parser), meaningful_rule(parser->getRuleContext()));
}

// A stray sign before what was expected is dropped; anything else ends the rule.
antlr4::Token* ErrorStrategy::recoverInline(antlr4::Parser* parser) {
  size_t found = cursor_.current().type;
  bool stray = found == AipolParser::ASSIGN || found == AipolParser::COMMA || found == AipolParser::COLON;
  antlr4::misc::IntervalSet next = parser->getATN().nextTokens(parser->getATN().states[parser->getState()]);
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
    case AipolParser::RuleStatement: return errors_.skip_statement(first);
    case AipolParser::RuleTestStep: return errors_.skip_step(first);
    case AipolParser::RuleRecordEntry:
    case AipolParser::RuleFieldDeclaration: return errors_.skip_item(first);
    case AipolParser::RuleDeclaration:
    case AipolParser::RulePackageClause: return;  // parse.cpp goes on
    default: std::rethrow_exception(error);
  }
}

}  // namespace aipol::parse
