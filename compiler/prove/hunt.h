// Looks for a request that is what a case asks for.
#pragma once

#include "compiler/prove/arrived.h"
#include "compiler/prove/violations.h"

namespace aipol::prove {

class Hunt {
 public:
  // `always` holds of every request that is looked for, no guard of `refusals` of one that is
  // admitted. All must outlive the hunt.
  Hunt(Prover& prover, const Arrived& arrived, Goal always,
       const std::vector<plan::NodeId>& refusals)
      : prover_(prover), arrived_(arrived), always_(std::move(always)), refusals_(refusals) {}

  // Yes: a request as it is sent, with nothing in it that it does not need. `also` has to hold too.
  Answer find(const Case& wanted, const Goal& also);

 private:
  Answer ask(const Case& wanted, const Goal& also);
  bool holds(const Case& wanted, const Goal& also, const World& sent);
  std::optional<World> sendable(const Case& wanted, const Goal& also, const World& world);
  World usual(const Case& wanted, const Goal& also, const World& sent);
  World smallest(const Case& wanted, const Goal& also, World sent);

  Prover& prover_;
  const Arrived& arrived_;
  const Goal always_;
  const std::vector<plan::NodeId>& refusals_;
};

}  // namespace aipol::prove
