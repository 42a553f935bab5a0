// Decides what one token cannot tell apart: the first alternative that can begin with the next
// token is taken. It takes the place of ANTLR's adaptive prediction, which would cost more than all
// the rest of the parser.
#pragma once

#include <antlr4-runtime.h>

namespace aipol::parse {

class FirstMatch final : public antlr4::atn::ParserATNSimulator {
 public:
  using ParserATNSimulator::ParserATNSimulator;

  size_t adaptivePredict(antlr4::TokenStream* input, size_t decision,
                         antlr4::ParserRuleContext*) override {
    if (decision >= alternatives_.size()) alternatives_.resize(decision + 1);
    std::vector<uint8_t>& by_token = alternatives_[decision];
    if (by_token.empty()) by_token = table(decision);
    size_t token = input->LA(1);
    return token < by_token.size() ? by_token[token] : by_token[0];
  }

 private:
  // The alternative for each token; at 0, and where none begins with the token, the last one, which
  // fails or leaves.
  std::vector<uint8_t> table(size_t decision) const {
    antlr4::atn::LL1Analyzer analyzer(atn);
    auto looks = analyzer.getDecisionLookahead(atn.getDecisionState(decision));
    std::vector<uint8_t> result(atn.maxTokenType + 1, static_cast<uint8_t>(looks.size()));
    for (size_t alternative = looks.size(); alternative-- > 0;) {
      for (ssize_t token : looks[alternative].toList()) {
        if (token > 0) result[static_cast<size_t>(token)] = static_cast<uint8_t>(alternative + 1);
      }
    }
    return result;
  }

  std::vector<std::vector<uint8_t>> alternatives_;
};

}  // namespace aipol::parse
