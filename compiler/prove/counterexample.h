// Requests that break a rule, as tests that fail.
#pragma once

#include "compiler/prove/arrived.h"
#include "compiler/prove/verdict.h"
#include "compiler/prove/violations.h"

namespace aipol::prove {

class Counterexamples {
 public:
  Counterexamples(Prover& prover, const Arrived& arrived)
      : prover_(prover), arrived_(arrived), plan_(arrived.shape().plan()) {}

  // Tests that may show it, the likeliest first; none where no test can.
  std::vector<Counterexample> of(const std::string& name, plan::Place rule, const Case& broken,
                                 const World& sent) const;
  // `send { … } where …`: what stands behind `where` no test can send.
  std::string described(const World& sent) const;
  // Whether a test can send all of it.
  bool can_be_sent(const World& sent) const;

 private:
  std::optional<std::string> counted_before(const World& sent, const std::string& line) const;
  std::vector<std::string> sends(const Case& broken, const std::string& line) const;
  std::vector<std::string> over_limit(const LimitRule& limit, const std::string& send) const;
  std::string given_targets(const Case& broken, const World& sent) const;
  std::string given_data(const World& sent) const;
  std::string expectation(const Case& broken) const;
  World plain(const World& sent) const;

  Prover& prover_;
  const Arrived& arrived_;
  const plan::Plan& plan_;
};

}  // namespace aipol::prove
