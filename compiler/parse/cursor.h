// A file's tokens as the stream that ANTLR's parser reads.
#pragma once

#include <vector>

#include "compiler/parse/lexeme.h"

namespace aipol::parse {

class Cursor final : public antlr4::TokenStream {
 public:
  explicit Cursor(std::vector<Lexeme>& tokens) : tokens_(tokens) {}

  const Lexeme& current() const { return tokens_[at_]; }
  const Lexeme& token(size_t index) const { return tokens_[std::min(index, tokens_.size() - 1)]; }
  bool at_end() const { return at_ + 1 >= tokens_.size(); }

  void consume() override {
    if (!at_end()) ++at_;
  }
  size_t LA(ssize_t i) override { return LT(i)->getType(); }
  antlr4::Token* LT(ssize_t k) override {
    if (k < 0)
      return at_ == 0 ? &tokens_[0] : &tokens_[at_ - 1];  // only ever asked for the last one
    size_t wanted = at_ + static_cast<size_t>(k) - 1;
    return &tokens_[std::min(wanted, tokens_.size() - 1)];
  }
  antlr4::Token* get(size_t index) const override { return &tokens_[index]; }
  size_t index() override { return at_; }
  void seek(size_t index) override { at_ = std::min(index, tokens_.size() - 1); }
  size_t size() override { return tokens_.size(); }
  ssize_t mark() override { return 0; }
  void release(ssize_t) override {}

  // Asked for only by ANTLR's own messages, which are never shown.
  antlr4::TokenSource* getTokenSource() const override { return nullptr; }
  std::string getText(const antlr4::misc::Interval&) override { return {}; }
  std::string getText() override { return {}; }
  std::string getText(antlr4::RuleContext*) override { return {}; }
  std::string getText(antlr4::Token*, antlr4::Token*) override { return {}; }
  std::string getSourceName() const override { return {}; }

 private:
  std::vector<Lexeme>& tokens_;
  size_t at_ = 0;
};

}  // namespace aipol::parse
