// What ANTLR's parser does about an error: it is told in our words, then the whole statement, step,
// entry or field is skipped, so that one mistake gives one error and the next mistake is still
// found.
#pragma once

#include "compiler/parse/syntax_errors.h"

namespace aipol::parse {

class ErrorStrategy final : public antlr4::ANTLRErrorStrategy {
 public:
  ErrorStrategy(SyntaxErrors& errors, Cursor& cursor) : errors_(errors), cursor_(cursor) {}

  // Called wherever a loop or an option may go on or end: those places are what else was expected
  // there.
  void sync(antlr4::Parser* parser) override {
    if (cursor_.index() != passed_at_) {
      passed_at_ = cursor_.index();
      passed_.clear();
    }
    size_t state = parser->getState();
    passed_.push_back(state);
    if (is_body(parser, state)) stay_in_body(parser, state);
  }
  void reportMatch(antlr4::Parser*) override {}
  void reset(antlr4::Parser*) override {}
  bool inErrorRecoveryMode(antlr4::Parser*) override { return false; }

  void reportError(antlr4::Parser* parser, const antlr4::RecognitionException& error) override;
  antlr4::Token* recoverInline(antlr4::Parser* parser) override;
  void recover(antlr4::Parser* parser, std::exception_ptr error) override;

 private:
  TokenSet expected(antlr4::Parser* parser) const;

  // Whether a scope, a statement or a step may follow, or the end of their body.
  bool is_body(antlr4::Parser* parser, size_t state) {
    if (state >= bodies_.size()) find_bodies(parser->getATN());
    return bodies_[state];
  }
  void find_bodies(const antlr4::atn::ATN& atn);
  // What is none of these is skipped, so that the body's loop goes on behind it.
  void stay_in_body(antlr4::Parser* parser, size_t state);

  SyntaxErrors& errors_;
  Cursor& cursor_;
  std::vector<size_t> passed_;  // states at the token passed_at_
  size_t passed_at_ = 0;
  std::vector<bool> bodies_;  // by state
};

}  // namespace aipol::parse
